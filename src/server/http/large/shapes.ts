// Counts the different ways in which objects begin, member for member, without keeping them. An engine keeps a record
// for each: many objects with the same names have few of them, one object with millions of names has millions.
import { randomInt } from 'node:crypto';

const BITS = 24;
const SIZE = 2 ** BITS;

export class Shapes {
  // Drawn anew each time: nobody can choose names that look the same.
  readonly first = randomOdd();
  readonly #multiplier = randomOdd();
  /** One bit for each; of texts without an object there are many, too. */
  #seen: Int32Array | null = null;
  #marks = 0;

  /** An estimate. */
  get count(): number {
    return Math.round(-SIZE * Math.log(1 - Math.min(this.#marks, SIZE - 1) / SIZE));
  }

  /** Of an object of this shape that gets a member whose name lies there. Never 0. */
  with(shape: number, bytes: Uint8Array, from: number, to: number): number {
    const multiplier = this.#multiplier;
    let hash = shape;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), multiplier);
    // Upper bits depend on all of the lower ones, not the other way round.
    hash ^= hash >>> 15;
    const bit = hash & (SIZE - 1);
    const word = bit >>> 5;
    this.#seen ??= new Int32Array(SIZE / 32);
    const seen = this.#seen;
    const before = seen[word] ?? 0;
    const after = before | (1 << (bit & 31));
    if (after !== before) {
      seen[word] = after;
      this.#marks += 1;
    }
    return hash | 1;
  }
}

function randomOdd(): number {
  return randomInt(2 ** 31) | 1;
}
