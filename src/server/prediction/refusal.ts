// A request that the service or the HTTP edge refuses field by field.
import { PawlError } from '../../errors.ts';

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

export function valueIssue(path: Issue['path'], message: string): Issue {
  return { path, message, type: 'value_error' };
}
