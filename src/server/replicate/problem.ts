// Errors as Replicate's client knows them: `title`, `detail` and `status`, for an input also `invalid_fields`.
import { STATUS_CODES } from 'node:http';
import { ERRORS, type PawlError } from '../../errors.ts';
import { errorReply } from '../http/error-reply.ts';
import { type Issue, RequestRefused } from '../prediction/refusal.ts';

export interface ProblemReply {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Replicate's client waits and tries again after this one. */
const TOO_MANY_REQUESTS = 429;

export function problemReply(error: PawlError): ProblemReply {
  const { headers } = errorReply(error);
  const known = ERRORS[error.code].status ?? 500;
  const status = error.code === 'PAWL_AT_CAPACITY' ? TOO_MANY_REQUESTS : known;
  const title =
    error instanceof RequestRefused ? 'Input validation failed' : (STATUS_CODES[status] ?? 'Error');
  const fields = error instanceof RequestRefused ? { invalid_fields: error.issues.map(invalidField) } : {};
  const problem = { title, detail: detailOf(error), status, code: error.code, ...fields };
  return { status, headers, body: JSON.stringify(problem) };
}

function detailOf(error: PawlError): string {
  if (!(error instanceof RequestRefused)) return error.message;
  return error.issues.map(({ path, message }) => `- ${path.join('.')}: ${message}`).join('\n');
}

function invalidField({ path, message, type }: Issue): object {
  const kind = type === 'value_error.missing' ? 'required' : 'invalid';
  return { type: kind, field: path.join('.'), description: message };
}
