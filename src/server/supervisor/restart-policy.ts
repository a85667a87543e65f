// Decides what follows the end of a worker. Pure: the supervisor waits and starts.
import type { RestartPolicy } from '../../config.ts';
import { limit } from '../../limits.ts';

export interface WorkerEnding {
  readonly policy: RestartPolicy;
  /** How long the worker was ready; null when it never was. */
  readonly readyMs: number | null;
  /** Whether any worker of this server was ever ready. */
  readonly isProven: boolean;
  /** Restarts in a row before this ending, without a long ready time in between. */
  readonly streak: number;
}

export type RestartVerdict =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly streak: number }
  /** Setup never worked here: trying again would fail in the same way. */
  | { readonly kind: 'park' }
  | { readonly kind: 'defunct' };

export function decideRestart({ policy, readyMs, isProven, streak }: WorkerEnding): RestartVerdict {
  if (readyMs === null && !isProven) return { kind: 'park' };
  if (policy === 'never') return { kind: 'defunct' };
  const earlier = readyMs !== null && readyMs >= limit('restartResetMs') ? 0 : streak;
  return { kind: 'restart', delayMs: restartDelayMs(earlier), streak: earlier + 1 };
}

export function restartDelayMs(streak: number): number {
  return Math.min(limit('restartDelayMsMax'), limit('restartDelayMsMin') * 2 ** streak);
}
