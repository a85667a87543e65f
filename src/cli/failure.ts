// How a command that went wrong says so: one line on stderr, and the exit code that goes with it. The only place that
// may show a stack, and only when asked to.
import { type ErrorCode, PawlError } from '../errors.ts';
import type { Environment } from './cog-variables.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { errorText } from './usage-error.ts';

export interface Failure {
  /** Ends in a line break. */
  readonly text: string;
  readonly exitCode: ExitCode;
}

// What the caller can mend by calling differently.
const CALLED_WRONGLY: readonly ErrorCode[] = ['PAWL_USAGE', 'PAWL_INPUT_INVALID', 'PAWL_WORK_DIR'];

export function describeFailure(error: unknown, environment: Environment): Failure {
  const stack = environment.PAWL_DEBUG === '1' && error instanceof Error ? `${error.stack}\n` : '';
  if (error instanceof PawlError && error.code !== 'PAWL_INTERNAL') {
    const isUsage = CALLED_WRONGLY.includes(error.code);
    const label = error.code === 'PAWL_USAGE' ? '' : ` [${error.code}]`;
    const exitCode = isUsage ? EXIT.usage : EXIT.failed;
    return { text: `pawl: ${sentence(errorText(error))}${label}\n${stack}`, exitCode };
  }
  const hint = stack === '' ? ' Set PAWL_DEBUG=1 to see where.' : '';
  const text = `pawl: internal error: ${sentence(errorText(error))} Please report it.${hint}\n${stack}`;
  return { text, exitCode: EXIT.failed };
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
