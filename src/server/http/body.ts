// The body of a request, from bytes to a JSON object. Parsed here and not by Fastify, so that a key `__proto__` stays
// data and the answer to a broken body says where it is broken.
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { isObject } from '../../base/json.ts';
import { isDeeperThan } from '../../base/json-measure.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { RequestRefused, valueIssue } from '../prediction/refusal.ts';
import { jsonErrorPosition } from './json-position.ts';

const JSON_TYPE = /^(?:application\/json|[^/\s]+\/[^/\s]+\+json)$/i;
const BYTE_ORDER_MARK = '\uFEFF';

/** `body` is what the catch-all parser left: the bytes, or undefined where there were none. */
export function readBody(headers: IncomingHttpHeaders, body: unknown): Record<string, unknown> {
  checkType(headers);
  if (!Buffer.isBuffer(body) || body.length === 0) return empty(headers);
  const value = parse(body);
  // A level takes two bytes at least: short bodies need no look.
  const levels = limit('bodyDepthMax');
  if (body.length > 2 * levels && isDeeperThan(value, levels)) refuse(`nests deeper than ${levels} levels`);
  return isObject(value) ? value : refuse('must be object');
}

/** No body at all asks for a prediction without input; one that was announced as JSON has got lost. */
function empty(headers: IncomingHttpHeaders): Record<string, unknown> {
  if (headers['content-type'] === undefined) return {};
  const message = 'The request body is empty; send a JSON object, or no Content-Type.';
  throw new PawlError('PAWL_BODY_NOT_JSON', message);
}

function checkType(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    const message = `The body is encoded as ${encoding}; send it without Content-Encoding.`;
    throw new PawlError('PAWL_UNSUPPORTED_MEDIA_TYPE', message);
  }
  const type = headers['content-type']?.split(';', 1)[0]?.trim();
  if (type === undefined || JSON_TYPE.test(type)) return;
  const message = `Expected request with \`Content-Type: application/json\`, not \`${type}\`.`;
  throw new PawlError('PAWL_UNSUPPORTED_MEDIA_TYPE', message);
}

function parse(body: Buffer): unknown {
  if (!isUtf8(body)) throw new PawlError('PAWL_BODY_NOT_JSON', 'The request body is not valid UTF-8.');
  const raw = body.toString('utf8');
  const text = raw.startsWith(BYTE_ORDER_MARK) ? raw.slice(1) : raw;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { line, column } = jsonErrorPosition(text);
    const message = `The request body is not valid JSON: unexpected text at line ${line}, column ${column}.`;
    throw new PawlError('PAWL_BODY_NOT_JSON', message, { cause });
  }
}

function refuse(message: string): never {
  throw new RequestRefused('PAWL_REQUEST_INVALID', [valueIssue([], message)]);
}
