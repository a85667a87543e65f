// The end of what a worker's runtime wrote to its original stderr: usually nothing, or why V8 gave up.
import type { Readable } from 'node:stream';
import { limit } from '../../limits.ts';

export class LastWords {
  readonly #bytesMax: number;
  #tail = Buffer.alloc(0);

  constructor(bytesMax: number = limit('lastWordsBytesMax')) {
    this.#bytesMax = bytesMax;
  }

  /** The kept tail, from the start of a line where something before it was dropped. */
  get text(): string {
    return this.#tail.toString('utf8').trim();
  }

  append(chunk: Buffer): void {
    const all = Buffer.concat([this.#tail, chunk.subarray(-this.#bytesMax - 1)]);
    if (all.length <= this.#bytesMax) {
      this.#tail = all;
      return;
    }
    const tail = all.subarray(-this.#bytesMax);
    const newline = tail.indexOf('\n');
    this.#tail = newline === -1 || newline === tail.length - 1 ? tail : tail.subarray(newline + 1);
  }

  /** Keeps the tail of `stream` and hands each chunk on. */
  listen(stream: Readable, pass: (text: string) => void): void {
    stream.on('data', (chunk: Buffer) => {
      this.append(chunk);
      pass(chunk.toString('utf8'));
    });
    // Nothing more will come, and the exit of the process says why.
    stream.on('error', () => {});
  }
}
