// Bad usage as an error: main.ts turns it into one line on stderr and exit code 2.
import { PawlError } from '../errors.ts';

export function usageError(message: string, options?: { readonly cause?: unknown }): PawlError {
  return new PawlError('PAWL_USAGE', message, options);
}

/** A value the user typed, quoted and cut for a one-line message. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return JSON.stringify(short);
}

/** What an unknown `cause` says, on one line. */
export function errorText(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause))
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
}
