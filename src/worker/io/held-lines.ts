// Lines of one slot that were handed over in the same turn of the event loop: they go out in one write. A generator that
// yields ten thousand small items would cost as many system calls, here and in the server.
import { limit } from '../../limits.ts';
import type { SharedState } from '../shared-state.ts';

export class HeldLines {
  readonly #shared: Pick<SharedState, 'release'>;
  #text = '';
  #count = 0;
  #bytes = 0;

  constructor(shared: Pick<SharedState, 'release'>) {
    this.#shared = shared;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** As many as one write should take. */
  get isFull(): boolean {
    return this.#text.length >= limit('heldLinesBytesMax');
  }

  /** `bytes` as claimed in SharedState. */
  add(line: string, bytes: number): void {
    this.#text += line;
    this.#count += 1;
    this.#bytes += bytes;
  }

  /** All of them, and what must be called once the kernel has them, or nobody ever will. */
  take(): { readonly text: string; readonly onTaken: () => void } {
    const text = this.#text;
    const count = this.#count;
    const bytes = this.#bytes;
    this.#text = '';
    this.#count = 0;
    this.#bytes = 0;
    return { text, onTaken: () => this.#shared.release(bytes, count) };
  }
}
