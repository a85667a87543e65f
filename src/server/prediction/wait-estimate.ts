// How long it takes until a slot is free for somebody in the line. Pure arithmetic on what the caller has measured.

export interface Load {
  readonly slots: number;
  /** One for each prediction on a slot, in any order: what it will still take. */
  readonly remainingMs: readonly number[];
  /** What one of those ahead in the line takes; null where there are none, or nothing has been measured. */
  readonly aheadMs: number | null;
}

/**
 * What a prediction that has run for `elapsedMs` will still take. One that has overrun what is typical is expected
 * to take as long again as it is late, and one of which nothing is known as long again as it has run.
 */
export function remainingMs(elapsedMs: number, typicalMs: number | null): number {
  return Math.abs((typicalMs ?? 0) - elapsedMs);
}

/**
 * The slots become free one after another, and each takes the next of the line for the same time. `position`
 * counts from 1. Null where that is anybody's guess.
 */
export function estimatedWaitMs(position: number, { slots, remainingMs, aheadMs }: Load): number | null {
  if (slots === 0) return null;
  const ends = [...remainingMs].sort((a, b) => a - b);
  // A slot without a running prediction has just been given to somebody further ahead in the line.
  const first = ends[(position - 1) % slots] ?? aheadMs;
  const rounds = Math.floor((position - 1) / slots);
  if (first === null || rounds === 0) return first;
  return aheadMs === null ? null : first + rounds * aheadMs;
}
