// Error → status and body. The only place that knows both, and the only shape of an error outside the dialects:
// `{"detail": …}` for 422 as in Cog, else `{"error", "code", "status"?}`.
import { ERRORS, type ErrorCode, PawlError } from '../../errors.ts';
import { NotTaken, RequestRefused } from '../prediction/refusal.ts';

export interface ErrorReply {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Cog says `"status":"failed"` where no prediction was taken for want of a slot or a worker. */
const NOT_TAKEN_STATUSES: readonly number[] = [409, 503];

const HEADERS: { readonly [C in ErrorCode]?: ErrorReply['headers'] } = {
  PAWL_UNAUTHORIZED: { 'www-authenticate': 'Bearer' },
};

export function errorReply(error: PawlError): ErrorReply {
  const status = ERRORS[error.code].status ?? 500;
  if (error instanceof RequestRefused) return { status, headers: {}, body: refusalBody(error) };
  const { code, message } = error;
  const isNotTaken =
    NOT_TAKEN_STATUSES.includes(status) && code !== 'PAWL_ID_IN_USE' && code !== 'PAWL_UNHEALTHY';
  const body = isNotTaken ? { error: message, code, status: 'failed' } : { error: message, code };
  return { status, headers: headersOf(error), body: JSON.stringify(body) };
}

function headersOf(error: PawlError): ErrorReply['headers'] {
  return error instanceof NotTaken
    ? { 'retry-after': String(error.retryAfterS) }
    : (HEADERS[error.code] ?? {});
}

function refusalBody({ issues, part }: RequestRefused): string {
  const detail = issues.map(({ path, message, type }) => ({ loc: [part, ...path], msg: message, type }));
  return JSON.stringify({ detail });
}

// What Fastify and Node report about a request, by their codes.
const FOREIGN: { readonly [code: string]: readonly [ErrorCode, string] } = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'PAWL_BODY_TOO_LARGE',
    'The request body is larger than --max-body-bytes allows: raise it, or send files by URL or with POST /files.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'PAWL_UNSUPPORTED_MEDIA_TYPE',
    'The Content-Type header is not a media type; send application/json.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'PAWL_BAD_REQUEST',
    'The request body is not as long as its Content-Length header says.',
  ],
  FST_ERR_BAD_URL: ['PAWL_BAD_REQUEST', 'The path of the URL is not valid percent-encoded UTF-8.'],
  FST_ERR_MAX_PARAM_LENGTH: ['PAWL_NOT_FOUND', 'No route has a path that long.'],
  HPE_HEADER_OVERFLOW: ['PAWL_HEADERS_TOO_LARGE', 'The request headers are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [
    'PAWL_BODY_TOO_LARGE',
    'The chunk extensions of the request body are too large.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['PAWL_REQUEST_TIMEOUT', 'The request was not sent completely in time.'],
  ECONNRESET: ['PAWL_BAD_REQUEST', 'The connection ended in the middle of the request body.'],
};

/** Any error that reached the edge of a request. An unknown one is a defect of ours: PAWL_INTERNAL. */
export function asRequestError(error: unknown): PawlError {
  if (error instanceof PawlError) return error;
  const code = codeOf(error);
  const known = code === null || !Object.hasOwn(FOREIGN, code) ? undefined : FOREIGN[code];
  if (known !== undefined) return new PawlError(known[0], known[1], { cause: error });
  if (code?.startsWith('HPE_') === true) {
    return new PawlError('PAWL_BAD_REQUEST', 'This is not a well-formed HTTP/1.1 request.', { cause: error });
  }
  return new PawlError('PAWL_INTERNAL', 'Pawl failed on this request; the server log says where.', {
    cause: error,
  });
}

function codeOf(error: unknown): string | null {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
  return typeof code === 'string' ? code : null;
}
