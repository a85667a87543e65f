// An open file as the body of a request: streamed, read anew from the start for every try and every redirect.
import type { FileHandle } from 'node:fs/promises';
import type { BodySource } from '../../net/http-client.ts';

const BLOCK_BYTES = 256 * 1024;

export class FileBody implements BodySource {
  readonly bytes: number;
  readonly #handle: FileHandle;
  readonly #onProgress: () => void;
  #sent = 0;
  #failure: string | null = null;

  /** `onProgress` is called whenever the connection has taken something. */
  constructor(handle: FileHandle, bytes: number, onProgress: () => void) {
    this.bytes = bytes;
    this.#handle = handle;
    this.#onProgress = onProgress;
  }

  /** Everything was handed to the connection that was opened last. */
  get isSent(): boolean {
    return this.#sent === this.bytes;
  }

  /** Why the file can't be read as it was when it was opened: no other try would help. */
  get failure(): string | null {
    return this.#failure;
  }

  // One block of memory, however large the file. Not the handle's own stream: closing a handle waits for its streams,
  // also for one that was cut.
  async *open(): AsyncGenerator<Buffer> {
    this.#sent = 0;
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, this.bytes));
    for (let at = 0; at < this.bytes; ) {
      const piece = block.subarray(0, await this.#fill(block, at));
      at += piece.length;
      this.#sent = at;
      this.#onProgress();
      yield piece;
    }
  }

  async #fill(block: Buffer, at: number): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(block, 0, Math.min(block.length, this.bytes - at), at);
      if (bytesRead > 0) return bytesRead;
      throw new Error(`it shrank to ${at} of ${this.bytes} bytes meanwhile`);
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }
}
