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
  /** As many as a client can use: a body of many megabytes may have a million. */
  readonly issues: readonly Issue[];
  /** The part of the request the paths start from. */
  readonly part: 'body' | 'path' | 'query' | 'header';

  constructor(
    code: 'PAWL_INPUT_INVALID' | 'PAWL_REQUEST_INVALID',
    issues: readonly Issue[],
    part: 'body' | 'path' | 'query' | 'header' = 'body',
  ) {
    const named = bounded(issues);
    super(code, named.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
    this.issues = named;
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

const NAME_LENGTH_MAX = 128;

/** A name that a client made up, as it stands in what it is told. */
export function shortName(name: string): string {
  return name.length <= NAME_LENGTH_MAX ? name : `${name.slice(0, NAME_LENGTH_MAX - 1)}…`;
}

/** The same when it is done again. */
function bounded(issues: readonly Issue[]): Issue[] {
  const issuesMax = limit('issuesMax');
  const first = issues.length <= issuesMax ? issues : issues.slice(0, issuesMax - 1);
  const named = first.map((issue) => ({
    ...issue,
    path: issue.path.map((part) => (typeof part === 'string' ? shortName(part) : part)),
  }));
  const more = issues.length - named.length;
  return more === 0 ? named : [...named, valueIssue([], `and ${more} more`)];
}

export function valueIssue(path: Issue['path'], message: string): Issue {
  return { path, message, type: 'value_error' };
}
