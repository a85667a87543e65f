// The stack that goes into a log: the user's frames, without those of the runtime below them.
import { CODE_FOLDER } from '../../base/package-place.ts';
import { asError, describeValue } from '../thrown.ts';

const INTERNAL = /\(node:(internal\/|async_hooks)|at node:internal\//;

/** Causes are followed this deep; a chain may be a ring. */
const CAUSES_MAX = 5;

export function userStack(thrown: unknown, depth = 0): string {
  const error = asError(thrown);
  if (error === null) return `thrown: ${describeValue(thrown)}\n`;
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  const lines = stack.split('\n');
  const kept = lines.filter(
    (line) => !(isFrame(line) && (line.includes(CODE_FOLDER) || INTERNAL.test(line))),
  );
  const hasCause = error.cause !== undefined && depth < CAUSES_MAX;
  const cause = hasCause ? `caused by: ${userStack(error.cause, depth + 1)}` : '';
  return `${kept.join('\n')}\n${cause}`;
}

function isFrame(line: string): boolean {
  return line.trimStart().startsWith('at ');
}
