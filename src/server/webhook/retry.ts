// What an answer to a webhook means, and when it is sent again.
import { limit } from '../../limits.ts';
import { retryAfterMs } from '../../net/retry.ts';

export type DeliveryAnswer =
  | { readonly type: 'accepted' }
  /** Sending it again would change nothing. */
  | { readonly type: 'refused' }
  /** `afterMs`: what the receiver asked for; null where it asked for nothing. */
  | { readonly type: 'retry'; readonly afterMs: number | null };

const RETRIED: readonly number[] = [429, 500, 502, 503, 504];

/** 303 says that the POST was taken. */
export function answerOf(status: number, retryAfter: string | undefined, now: number): DeliveryAnswer {
  if ((status >= 200 && status < 300) || status === 303) return { type: 'accepted' };
  if (!RETRIED.includes(status)) return { type: 'refused' };
  return { type: 'retry', afterMs: retryAfter === undefined ? null : retryAfterMs(retryAfter, now) };
}

const FIRST_MS = 100;

/** Full jitter below Cog's table (0.2, 0.4, … 102.4 s), and not before the receiver wants it. */
export function retryDelay(tries: number, afterMs: number | null, random: number): number {
  const most = Math.min(FIRST_MS * 2 ** tries, limit('webhookRetryMsMax'));
  const asked = Math.min(afterMs ?? 0, limit('webhookRetryAfterMsMax'));
  return Math.max(Math.round(random * most), asked);
}
