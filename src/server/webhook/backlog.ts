// What is held in memory for delivery, bounded. Where an end does not fit, the oldest end that is still undelivered
// gives way: it has had its tries. Reports simply wait.
import { limit } from '../../limits.ts';

export interface Undelivered {
  /** Gives up, and gives back what it holds by `remove`. */
  abandon(): void;
}

export class Backlog {
  readonly #countMax: number;
  readonly #bytesMax: number;
  /** Bytes of each, oldest first. */
  readonly #ends = new Map<Undelivered, number>();
  #bytes = 0;

  constructor(
    countMax: number = limit('webhookBacklogMax'),
    bytesMax: number = limit('webhookBacklogBytesMax'),
  ) {
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** May a report of about this size be built? */
  hasRoomFor(bytes: number): boolean {
    return this.#bytes + bytes <= this.#bytesMax;
  }

  holdReport(bytes: number): void {
    this.#bytes += bytes;
  }

  releaseReport(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** One that is larger than the whole bound is taken alone. */
  add(end: Undelivered, bytes: number): void {
    for (const oldest of this.#ends.keys()) {
      if (this.#ends.size < this.#countMax && this.hasRoomFor(bytes)) break;
      oldest.abandon();
    }
    this.#ends.set(end, bytes);
    this.#bytes += bytes;
  }

  remove(end: Undelivered): void {
    this.#bytes -= this.#ends.get(end) ?? 0;
    this.#ends.delete(end);
  }
}
