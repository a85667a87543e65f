// A transfer that is made again where that may help: counts the tries, waits between them, and says at the end what
// the last one came to. Knows nothing of what is transferred.
import type { Clock } from '../base/clock.ts';
import { limit } from '../limits.ts';
import { NetFailure } from './net-failure.ts';
import { pauseMs } from './retry.ts';

/** `reason` is the end of a sentence. */
export type Outcome<T> =
  | { readonly type: 'done'; readonly value: T }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'retry'; readonly reason: string; readonly afterMs: number | null };

export interface TryRules {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What is left for all tries: a pause beyond it is not begun. */
  readonly leftMs?: () => number;
  readonly random?: () => number;
}

/**
 * Rejects with a NetFailure that says what the last try came to and how many there were. Whether the signal was aborted
 * meanwhile is the caller's to ask: the reject comes at once then, whatever it says.
 */
export async function tryOften<T>(attempt: () => Promise<Outcome<T>>, rules: TryRules): Promise<T> {
  const { clock, signal, leftMs = () => Number.POSITIVE_INFINITY, random = Math.random } = rules;
  const triesMax = limit('transferTriesMax');
  for (let tries = 1; ; tries++) {
    const outcome = await attempt();
    if (outcome.type === 'done') return outcome.value;
    const { reason } = outcome;
    const times = tries === 1 ? 'once' : `${tries} times`;
    if (outcome.type === 'refused') throw new NetFailure(tries === 1 ? reason : `${reason} (tried ${times})`);
    if (tries === triesMax || signal.aborted) throw new NetFailure(`${reason} (tried ${times})`);
    const ms = waitMs(tries, outcome.afterMs, random());
    if (ms >= leftMs()) {
      throw new NetFailure(
        `${reason} (tried ${times}; no time is left to wait ${ms / 1000} s for another try)`,
      );
    }
    await pause(ms, signal, clock);
    if (signal.aborted) throw new NetFailure(`${reason} (tried ${times})`);
  }
}

function waitMs(tries: number, afterMs: number | null, random: number): number {
  const asked = Math.min(afterMs ?? 0, limit('transferRetryAfterMsMax'));
  const pauses = { firstMs: limit('transferRetryMs'), mostMs: limit('transferRetryMsMax') };
  return Math.max(asked, pauseMs(tries, pauses, random));
}

/** Ends early when the signal is aborted. */
function pause(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}
