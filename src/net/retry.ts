// When a request that came to nothing is made again: Retry-After as people write it, and pauses that grow.

/** Seconds or an HTTP date, as milliseconds from now; null where it is neither. */
export function retryAfterMs(text: string, now: number): number | null {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1000;
  // Dates begin with the name of a day; Date.parse alone would take many other things for one.
  const at = /^[a-z]/i.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

export interface Pauses {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Doubles with each try, with jitter in the upper half: never at once, and never all clients together. */
export function pauseMs(tries: number, { firstMs, mostMs }: Pauses, random: number): number {
  const full = Math.min(firstMs * 2 ** (tries - 1), mostMs);
  return Math.round(full * (0.5 + random / 2));
}

/** Statuses that another try may change. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status <= 599);
}

/** Codes of failed connections that another try may find working. */
const TRANSIENT_CODES = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Whether an error of a connection, from its opening to the last byte of an answer, may pass. */
export function isTransientError(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
  return typeof code === 'string' && TRANSIENT_CODES.has(code);
}

/** The pause that the headers of an answer ask for; null where they ask for none. */
export function askedPauseMs(
  headers: { readonly 'retry-after'?: string | undefined },
  now: number,
): number | null {
  const text = headers['retry-after'];
  return text === undefined ? null : retryAfterMs(text, now);
}
