// A request body on its way to a file, bounded in size. What was received is removed when it does not arrive whole.
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { PawlError } from '../../../errors.ts';
import { diskFailure } from '../../files/file-failure.ts';

export interface ReceiveBounds {
  /** Up to this much stays in memory. */
  readonly memoryBytesMax: number;
  /** Called with every piece that arrives; its throw ends the transfer. */
  readonly meter: (bytes: number) => void;
  /** Where it goes when it is larger. */
  readonly path: () => string;
}

export type Received =
  | { readonly in: 'memory'; readonly bytes: Buffer }
  | { readonly in: 'file'; readonly path: string; readonly size: number };

/** Never destroys `payload`: whoever answers decides about the connection. */
export async function receiveBytes(payload: Readable, bounds: ReceiveBounds): Promise<Received> {
  const sink = new Sink(bounds);
  try {
    await pour(payload, sink);
    return await sink.finish();
  } catch (error) {
    await sink.abandon();
    throw diskFailure(error);
  }
}

/** Connections bring less at a time than a disk likes. */
const WRITE_BYTES = 256 * 1024;

class Sink {
  readonly #bounds: ReceiveBounds;
  #pieces: Buffer[] = [];
  #size = 0;
  #waiting = 0;
  #file: { readonly handle: FileHandle; readonly path: string } | null = null;

  constructor(bounds: ReceiveBounds) {
    this.#bounds = bounds;
  }

  /** A promise where it has to be waited for. */
  take(piece: Buffer): Promise<void> | null {
    this.#bounds.meter(piece.length);
    this.#size += piece.length;
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    const isSmall = this.#file === null && this.#size <= this.#bounds.memoryBytesMax;
    return isSmall || (this.#file !== null && this.#waiting < WRITE_BYTES) ? null : this.#write();
  }

  async finish(): Promise<Received> {
    if (this.#file === null) return { in: 'memory', bytes: Buffer.concat(this.#pieces) };
    await this.#write();
    const { handle, path } = this.#file;
    await handle.close();
    return { in: 'file', path, size: this.#size };
  }

  async abandon(): Promise<void> {
    if (this.#file === null) return;
    await this.#file.handle.close().catch(() => {});
    await rm(this.#file.path, { force: true });
  }

  async #write(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#waiting = 0;
    if (this.#file === null) {
      const path = this.#bounds.path();
      this.#file = { handle: await open(path, 'wx', 0o600), path };
    }
    await this.#file.handle.appendFile(Buffer.concat(pieces));
  }
}

/** Resolves at the end of the stream, once everything was taken. What is left after a failure is read and dropped. */
function pour(payload: Readable, sink: Sink): Promise<void> {
  return new Promise((resolve, reject) => {
    let taking: Promise<void> | null = null;
    const over = (error: unknown) => {
      payload.off('data', onData).off('end', onEnd).off('error', over).off('close', onClose);
      payload.resume();
      // Nothing is written any more when the caller goes on.
      const settle = () => (error === null ? resolve() : reject(error));
      (taking ?? Promise.resolve()).then(settle, error === null ? reject : settle);
    };
    const onData = (piece: Buffer) => {
      try {
        taking = sink.take(piece);
      } catch (error) {
        return over(error);
      }
      if (taking === null) return;
      payload.pause();
      taking.then(() => payload.resume(), over);
    };
    const onEnd = () => over(null);
    const onClose = () =>
      over(new PawlError('PAWL_BAD_REQUEST', 'The connection ended in the middle of the request body.'));
    payload.on('data', onData).on('end', onEnd).on('error', over).on('close', onClose);
  });
}
