// Lines of one slot that were handed over in the same turn of the event loop: they go out in one write. A generator that
// yields ten thousand small items would cost as many system calls, here and in the server.
import { limit } from '../../limits.ts';
import type { SharedState } from '../shared-state.ts';

export class HeldLines {
  readonly #shared: Pick<SharedState, 'release'>;
  #lines: string[] = [];
  #length = 0;

  constructor(shared: Pick<SharedState, 'release'>) {
    this.#shared = shared;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** As many as one write should take. */
  get isFull(): boolean {
    return this.#length >= limit('heldLinesBytesMax');
  }

  /** Its length is claimed in SharedState. */
  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
  }

  /** All of them, and what must be called once the kernel has them, or nobody ever will. */
  take(): { readonly lines: string[]; readonly onTaken: (() => void) | undefined } {
    const lines = this.#lines;
    const length = this.#length;
    this.#lines = [];
    this.#length = 0;
    const count = lines.length;
    return { lines, onTaken: count === 0 ? undefined : () => this.#shared.release(length, count) };
  }
}
