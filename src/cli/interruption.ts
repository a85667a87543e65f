// Ctrl-C and SIGTERM of the commands that run once: the first asks for an orderly end, the second ends at once.
import { deferred } from '../base/deferred.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

type StopSignal = 'SIGINT' | 'SIGTERM';

export const SIGNAL_CODES: { readonly [S in StopSignal]: ExitCode } = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
};

export interface Interruption extends Disposable {
  /** null while nothing has interrupted the command. */
  readonly exitCode: ExitCode | null;
  /** Resolves at the first signal. */
  readonly interrupted: Promise<void>;
  /** What `work` resolves with, or null as soon as a signal comes. */
  cut<T>(work: Promise<T>): Promise<T | null>;
}

export function watchInterruption(): Interruption {
  const interrupted = deferred();
  let exitCode: ExitCode | null = null;
  const onSignal = (name: StopSignal) => {
    // What must not outlive the process is killed by its owners' exit hooks.
    if (exitCode !== null) process.exit(SIGNAL_CODES[name]);
    exitCode = SIGNAL_CODES[name];
    interrupted.resolve();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    get exitCode() {
      return exitCode;
    },
    interrupted: interrupted.promise,
    cut: (work) => Promise.race([work, interrupted.promise.then(() => null)]),
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
