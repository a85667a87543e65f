// Requests that are refused: field by field for what they say, or as a whole for want of a slot or a worker.
import { type ErrorCode, PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';

export interface Issue {
  /** Property names and indexes from the top of the request body, or of `part`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly type: 'value_error' | 'value_error.missing';
}

export class RequestRefused extends PawlError {
  readonly issues: readonly Issue[];
  /** The part of the request the paths start from. */
  readonly part: 'body' | 'path' | 'query' | 'header';

  constructor(
    code: 'PAWL_INPUT_INVALID' | 'PAWL_REQUEST_INVALID',
    issues: readonly Issue[],
    part: 'body' | 'path' | 'query' | 'header' = 'body',
  ) {
    super(code, issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
    this.issues = issues;
    this.part = part;
  }
}

/** The same request may be taken later. */
export class NotTaken extends PawlError {
  /** Whole seconds, for the Retry-After header. */
  readonly retryAfterS: number;

  constructor(
    code: Extract<ErrorCode, 'PAWL_AT_CAPACITY' | 'PAWL_NOT_READY'>,
    message: string,
    laterMs: number,
    options?: { readonly cause?: unknown },
  ) {
    super(code, message, options);
    const boundedMs = Math.min(laterMs, limit('retryAfterMsMax'));
    this.retryAfterS = Math.max(1, Math.ceil(boundedMs / 1000));
  }
}

export function valueIssue(path: Issue['path'], message: string): Issue {
  return { path, message, type: 'value_error' };
}
