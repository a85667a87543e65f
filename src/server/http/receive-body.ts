// The body of a create request, whether JSON or a form: the same fields either way.
import type { FastifyInstance, FastifyRequest, preParsingHookHandler, RouteShorthandOptions } from 'fastify';
import { assert } from '../../base/assert.ts';
import { limit } from '../../limits.ts';
import type { Mode } from '../../protocol/control-messages.ts';
import type { FileStore } from '../files/file-store.ts';
import { inputFields } from '../prediction/field-kinds.ts';
import type { PredictionService } from '../prediction/service.ts';
import { baseUrl } from './base-url.ts';
import { checkEncoding, checkType, hasBody, readBody } from './body.ts';
import { fileUrl } from './file-object.ts';
import type { LargeBodies, LargeBody } from './large/large-bodies.ts';
import { type Form, isForm, readForm } from './upload/form.ts';
import { bodyOfForm, REQUEST_PART } from './upload/form-input.ts';

export interface ReceiveParts {
  readonly service: PredictionService;
  readonly files: FileStore;
  readonly bodyBytesMax: number;
  /** Null: every body is taken into memory. */
  readonly largeBodies: LargeBodies | null;
}

/** Files that came along are removed when it is disposed, unless a prediction has taken them. */
export interface ReceivedBody extends Disposable {
  readonly fields: Record<string, unknown>;
}

/** Forms are left in the connection by routes of `scope`: receiveBody() reads them. */
export function takeForms(scope: FastifyInstance): void {
  scope.addContentTypeParser('multipart/form-data', (_request, _body, done) => done(null, undefined));
}

/** Of routes that call receiveBody(): a body of a kind that nobody reads is refused before it is sent. */
export function createOptions({ largeBodies, bodyBytesMax }: ReceiveParts): RouteShorthandOptions {
  const refuseUnread: preParsingHookHandler = ({ headers }, _reply, payload, done) => {
    if (hasBody(headers) && !isForm(headers) && !(Number(headers['content-length']) > bodyBytesMax)) {
      checkType(headers);
    }
    done(null, payload);
  };
  return { preParsing: largeBodies === null ? refuseUnread : [refuseUnread, largeBodies.receive] };
}

/** The fields of a body that is here, as most are; null where it is not, so that it takes receiveBody(). */
export function fieldsHere(
  request: FastifyRequest,
  { largeBodies }: ReceiveParts,
): Record<string, unknown> | null {
  const isElsewhere = isForm(request.headers) || largeBodies?.has(request) === true;
  return isElsewhere ? null : readBody(request.headers, request.body);
}

export async function receiveBody(
  request: FastifyRequest,
  parts: ReceiveParts,
  mode: Mode,
): Promise<ReceivedBody> {
  const large = parts.largeBodies?.take(request) ?? null;
  if (large !== null) return receiveLarge(request, large, parts, mode);
  if (!isForm(request.headers)) {
    return { fields: readBody(request.headers, request.body), [Symbol.dispose]: () => {} };
  }
  return receiveForm(request, parts, mode);
}

async function receiveForm(request: FastifyRequest, parts: ReceiveParts, mode: Mode): Promise<ReceivedBody> {
  checkEncoding(request.headers);
  const { service, files: store, bodyBytesMax: textBytesMax } = parts;
  // Before a gigabyte was sent for nothing; and without the schema nobody knows what the fields are.
  const refusal = service.readiness();
  if (refusal !== null) throw refusal;
  const form = await readForm(request.raw, { store, textBytesMax, jsonPart: REQUEST_PART });
  try {
    const body = await bodyOf(form, baseUrl(request), parts, mode);
    const dispose = () => {
      body[Symbol.dispose]();
      form[Symbol.dispose]();
    };
    return { fields: body.fields, [Symbol.dispose]: dispose };
  } catch (error) {
    form[Symbol.dispose]();
    throw error;
  }
}

async function bodyOf(
  form: Form,
  base: string,
  { service, files, largeBodies }: ReceiveParts,
  mode: Mode,
): Promise<ReceivedBody> {
  const parts = form.parts.map((part) =>
    'text' in part ? part : { name: part.name, url: fileUrl(base, part.file) },
  );
  if (largeBodies !== null && form.textBytes > limit('inlineBytesMax')) {
    const how = { mode, schema: service.schema, hasFiles: files.hasFiles };
    return largeBodies.checkForm(parts, form.textBytes, how);
  }
  const fields = inputFields(service.predictor?.document ?? {}, mode);
  return { fields: bodyOfForm(parts, fields), [Symbol.dispose]: () => {} };
}

async function receiveLarge(
  { headers }: FastifyRequest,
  body: LargeBody,
  { service, files, largeBodies }: ReceiveParts,
  mode: Mode,
): Promise<ReceivedBody> {
  assert(largeBodies !== null, 'a large body was received by somebody');
  try {
    checkType(headers);
  } catch (error) {
    await largeBodies.drop(body);
    throw error;
  }
  return largeBodies.check(body, { mode, schema: service.schema, hasFiles: files.hasFiles });
}
