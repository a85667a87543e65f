// When the requests of an open loop are due: at a fixed rate, whatever became of earlier ones. Pure.
export class Schedule {
  readonly total: number;
  readonly #startMs: number;
  readonly #intervalMs: number;
  #given = 0;

  constructor(startMs: number, ratePerSecond: number, seconds: number) {
    this.#startMs = startMs;
    this.#intervalMs = 1_000 / ratePerSecond;
    this.total = Math.max(1, Math.round(ratePerSecond * seconds));
  }

  get isOver(): boolean {
    return this.#given >= this.total;
  }

  /** When the next request is due; Infinity after the last. */
  get nextMs(): number {
    return this.isOver ? Number.POSITIVE_INFINITY : this.#startMs + this.#given * this.#intervalMs;
  }

  /** When each request that is due by now was due; each is given once. */
  take(nowMs: number): number[] {
    const due: number[] = [];
    for (; this.nextMs <= nowMs; this.#given++) due.push(this.nextMs);
    return due;
  }
}
