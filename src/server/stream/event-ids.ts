// Names for the events of one stream, as in `id:` and Last-Event-ID. The tag tells a stream from every other one, also
// from an earlier prediction that had the same id.
import { randomBytes } from 'node:crypto';

const TAG_BYTES = 5;

export class EventIds {
  readonly #prefix: string;

  constructor(tag: string = randomBytes(TAG_BYTES).toString('hex')) {
    this.#prefix = `${tag}-`;
  }

  of(number: number): string {
    return this.#prefix + number;
  }

  /** Null where this stream has not given the id: malformed, another stream's, or one still to come. */
  numberOf(id: string, end: number): number | null {
    if (!id.startsWith(this.#prefix)) return null;
    const digits = id.slice(this.#prefix.length);
    const number = /^(?:0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : Number.NaN;
    return number < end ? number : null;
  }
}
