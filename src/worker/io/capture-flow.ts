// Holds back the reading of captured output while much of it is on its way to a server that reads slowly. What is not
// read stays in the pipes, where writers wait for it, and where the server finds it should this process die.
import { limit } from '../../limits.ts';

interface Pausable {
  pause(): void;
  resume(): void;
}

export class CaptureFlow {
  readonly #streams: Pausable[] = [];
  #onItsWay = 0;
  #isPaused = false;

  add(streams: readonly Pausable[]): void {
    this.#streams.push(...streams);
    if (this.#isPaused) for (const stream of streams) stream.pause();
  }

  /** Text of this length is handed to a channel; returns what must be called, once, when the kernel has it. */
  sending(length: number): () => void {
    this.#onItsWay += length;
    if (!this.#isPaused && this.#onItsWay >= limit('captureBacklogBytesMax')) {
      this.#isPaused = true;
      for (const stream of this.#streams) stream.pause();
    }
    return () => this.#taken(length);
  }

  #taken(length: number): void {
    this.#onItsWay -= length;
    if (!this.#isPaused || this.#onItsWay >= limit('captureBacklogBytesMax') / 2) return;
    this.#isPaused = false;
    for (const stream of this.#streams) stream.resume();
  }
}
