// Everything that may hold output of one slot: the pipes of the process, and its own where it has some. Asks whether
// there is anything before it reads: most predictions print nothing, and each pipe would cost a system call.
import type { NativeApi } from '../../native/native-api.ts';
import type { CapturedStream } from './captured-stream.ts';

export class CapturedOutput {
  readonly #native: Pick<NativeApi, 'hasBytes'>;
  readonly #streams: readonly CapturedStream[];
  readonly #fds: readonly [number, number, number, number];

  /** Two streams, or four. */
  constructor(native: Pick<NativeApi, 'hasBytes'>, streams: readonly CapturedStream[]) {
    this.#native = native;
    this.#streams = streams;
    const [first = -1, second = first, third = first, fourth = second] = streams.map(({ fd }) => fd);
    this.#fds = [first, second, third, fourth];
  }

  /** Reads what was written so far. */
  drain(): void {
    if (!this.#native.hasBytes(...this.#fds)) return;
    for (const stream of this.#streams) stream.drain();
  }

  /** Reads what was written so far by whoever used the slot, to the last byte: what comes next is another's. */
  settle(): void {
    this.drain();
    for (const stream of this.#streams) stream.flush();
  }
}
