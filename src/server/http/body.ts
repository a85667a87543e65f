// The body of a request, from bytes to a JSON object. Parsed here and not by Fastify, so that a key `__proto__` stays
// data and the answer to a broken body says where it is broken.
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { Json, JsonObject } from '../../base/json.ts';
import { isDeeperThan, mayOverflow, overflowIn } from '../../base/json-measure.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { isJsonObject } from '../prediction/openapi-schema.ts';
import { type Issue, RequestRefused, valueIssue } from '../prediction/refusal.ts';
import { jsonErrorPosition } from './json-position.ts';

const JSON_TYPE = /^(?:application\/json|[^/\s]+\/[^/\s]+\+json)$/i;
const BYTE_ORDER_MARK = '\uFEFF';

/** `body` is what the catch-all parser left: the bytes, or undefined where there were none. */
export function readBody(headers: IncomingHttpHeaders, body: unknown): Record<string, unknown> {
  checkType(headers);
  if (!Buffer.isBuffer(body) || body.length === 0) return empty(headers);
  checkUtf8(body);
  return parseObject(body.toString('utf8'));
}

export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

export function checkUtf8(body: Buffer): void {
  if (!isUtf8(body)) throw new PawlError('PAWL_BODY_NOT_JSON', 'The request body is not valid UTF-8.');
}

/** Throws PAWL_BODY_NOT_JSON, or RequestRefused where it is JSON but not what is wanted. */
export function parseObject(text: string): JsonObject {
  return checkObject(parse(withoutMark(text)), text.length, mayOverflow(text));
}

export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** `length`: of the text that the value was parsed from. `mayHaveOverflow`: what mayOverflow() says of it. */
export function checkObject(value: Json, length: number, mayHaveOverflow: boolean): JsonObject {
  // A level takes two characters at least: short texts need no look.
  const levels = limit('bodyDepthMax');
  if (length > 2 * levels && isDeeperThan(value, levels)) refuse(`nests deeper than ${levels} levels`);
  if (!isJsonObject(value)) return refuse('must be object');
  const overflow = mayHaveOverflow ? overflowIn(value) : null;
  // As JSON it would go on as null, and nobody would have said so.
  return overflow === null ? value : refuse('must be a number that a double can hold', overflow);
}

/** No body at all asks for a prediction without input; one that was announced as JSON has got lost. */
function empty(headers: IncomingHttpHeaders): Record<string, unknown> {
  if (headers['content-type'] === undefined) return {};
  const message = 'The request body is empty; send a JSON object, or no Content-Type.';
  throw new PawlError('PAWL_BODY_NOT_JSON', message);
}

export function checkType(headers: IncomingHttpHeaders): void {
  checkEncoding(headers);
  const given = headers['content-type'];
  if (given === 'application/json') return;
  const type = given?.split(';', 1)[0]?.trim();
  if (type === undefined || JSON_TYPE.test(type)) return;
  const message = `Expected request with \`Content-Type: application/json\` or \`multipart/form-data\`, not \`${type}\`.`;
  throw new PawlError('PAWL_UNSUPPORTED_MEDIA_TYPE', message);
}

export function checkEncoding(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  const message = `The body is encoded as ${encoding}; send it without Content-Encoding.`;
  throw new PawlError('PAWL_UNSUPPORTED_MEDIA_TYPE', message);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { line, column } = jsonErrorPosition(text);
    const message = `The request body is not valid JSON: unexpected text at line ${line}, column ${column}.`;
    throw new PawlError('PAWL_BODY_NOT_JSON', message, { cause });
  }
}

function refuse(message: string, path: Issue['path'] = []): never {
  throw new RequestRefused('PAWL_REQUEST_INVALID', [valueIssue(path, message)]);
}
