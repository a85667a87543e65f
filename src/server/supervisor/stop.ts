// How a worker is stopped: it is asked, then told, then killed. Each step has its deadline.
import type { Clock } from '../../base/clock.ts';
import { deferred } from '../../base/deferred.ts';
import { limit } from '../../limits.ts';

export interface Stoppable {
  /** Resolves when the process is gone and cleaned up. */
  readonly gone: Promise<unknown>;
  /** Sends the shutdown message. */
  ask(): void;
  /** SIGTERM to the group. */
  terminate(): void;
  /** SIGKILL to the group; `gone` resolves within a bounded time from here on. */
  kill(): void;
}

export async function stopInSteps(worker: Stoppable, clock: Clock): Promise<void> {
  worker.ask();
  if (await settlesWithin(worker.gone, limit('workerStopMs'), clock)) return;
  worker.terminate();
  if (await settlesWithin(worker.gone, limit('workerTermMs'), clock)) return;
  worker.kill();
  await worker.gone;
}

/** True once `promise` resolved, false after `ms`. */
export function settlesWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  const { promise: result, resolve, reject } = deferred<boolean>();
  const timer = clock.after(ms, () => resolve(false));
  promise.then(() => resolve(true), reject).finally(() => timer.cancel());
  return result;
}
