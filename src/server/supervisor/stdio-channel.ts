// A child's stdin and stdout as one duplex, so that the control channel is a Connection like any other.
import { Duplex, type Readable, type Writable } from 'node:stream';

export class StdioChannel extends Duplex {
  readonly #fromChild: Readable;
  readonly #toChild: Writable;

  constructor(fromChild: Readable, toChild: Writable) {
    super();
    this.#fromChild = fromChild;
    this.#toChild = toChild;
    fromChild.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) fromChild.pause();
    });
    fromChild.on('end', () => this.push(null));
    fromChild.on('error', (error) => this.destroy(error));
    // A child that ended no longer reads. What it wrote before must still be read, so this is no reason to close:
    // the other direction ends by itself.
    toChild.on('error', () => {});
  }

  override _read(): void {
    this.#fromChild.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#toChild.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#toChild.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#fromChild.destroy();
    this.#toChild.destroy();
    done(error);
  }
}
