// How long predictions hold their slots, as measured: the newest ones of each kind, and what is typical of them.
import { limit } from '../../limits.ts';
import type { Mode } from '../../protocol/control-messages.ts';

export class ServiceTimes {
  readonly #newest: Record<Mode, number[]> = { predict: [], train: [] };
  /** Null where it has changed since it was last asked for: every prediction is measured, few have to wait. */
  #typicalMs: Record<Mode, number | null> | null = null;

  /** Of each kind; null before the first. */
  get typicalMs(): Readonly<Record<Mode, number | null>> {
    const { predict, train } = this.#newest;
    this.#typicalMs ??= { predict: meanOfMiddleHalf(predict), train: meanOfMiddleHalf(train) };
    return this.#typicalMs;
  }

  record(mode: Mode, ms: number): void {
    const newest = this.#newest[mode];
    newest.push(ms);
    if (newest.length > limit('serviceTimesKept')) newest.shift();
    this.#typicalMs = null;
  }
}

/** A few that failed at once, or hung, move it no more than their number. */
function meanOfMiddleHalf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  const middle = sorted.slice(cut, sorted.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
