// Holds back the reading of captured output while much of it is on its way to a server that reads slowly. What is not
// read stays in the pipes, where writers wait for it, and where the server finds it should this process die.
import { limit } from '../../limits.ts';

interface Pausable {
  pause(): void;
  resume(): void;
}

export class CaptureFlow {
  readonly #pipes: Pausable[] = [];
  #onItsWay = 0;
  #isPaused = false;

  add(pipes: Pausable): void {
    this.#pipes.push(pipes);
    if (this.#isPaused) pipes.pause();
  }

  /** Text of this length is handed to a channel; returns what must be called, once, when the kernel has it. */
  sending(length: number): () => void {
    this.#onItsWay += length;
    if (!this.#isPaused && this.#onItsWay >= limit('captureBacklogBytesMax')) {
      this.#isPaused = true;
      for (const pipes of this.#pipes) pipes.pause();
    }
    return () => this.#taken(length);
  }

  #taken(length: number): void {
    this.#onItsWay -= length;
    if (!this.#isPaused || this.#onItsWay >= limit('captureBacklogBytesMax') / 2) return;
    this.#isPaused = false;
    for (const pipes of this.#pipes) pipes.resume();
  }
}
