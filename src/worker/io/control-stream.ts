// The two control descriptors, which may be two pipes or two ends of sockets, as one duplex.
import net from 'node:net';
import { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';

export class ControlStream extends Duplex {
  readonly #input: net.Socket;
  readonly #output: net.Socket;

  constructor(inputFd: number, outputFd: number, clock: Clock) {
    super({ allowHalfOpen: true });
    this.#input = new net.Socket({ fd: inputFd, readable: true, writable: false });
    this.#output = new net.Socket({ fd: outputFd, readable: false, writable: true });
    this.#input.on('data', (chunk) => {
      if (!this.push(chunk)) this.#input.pause();
    });
    this.#input.on('end', () => this.push(null));
    this.#input.on('error', (error) => this.destroy(error));
    // A server that is gone takes nothing any more, but what it had sent must still be read: the end of the input
    // tells. Should that not come, the channel is broken.
    this.#output.on('error', (error) => clock.after(limit('serverGoneMs'), () => this.destroy(error)));
  }

  override _read(): void {
    this.#input.resume();
  }

  // Never with an error: that would end this stream at once, before the input's own end.
  override _write(chunk: Buffer, encoding: BufferEncoding, done: () => void): void {
    this.#output.write(chunk, encoding, () => done());
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: () => void): void {
    this.#output.cork();
    const last = chunks.length - 1;
    chunks.forEach(({ chunk, encoding }, index) => {
      if (index === last) this.#output.write(chunk, encoding, () => done());
      else this.#output.write(chunk, encoding);
    });
    this.#output.uncork();
  }
}
