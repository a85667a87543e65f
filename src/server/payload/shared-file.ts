// An open file without a name, for as long as somebody may read it: nothing is left on disk, whatever ends the server.
import { type FileHandle, open, rm } from 'node:fs/promises';
import { assert } from '../../base/assert.ts';

export class SharedFile {
  readonly #handle: FileHandle;
  #holders = 1;

  /** The maker holds it. */
  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Takes the name away, unless it is somebody else's file. */
  static async adopt(handle: FileHandle, path: string, isOwn: boolean): Promise<SharedFile> {
    try {
      if (isOwn) await rm(path, { force: true });
      return new SharedFile(handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  retain(): void {
    assert(this.#holders > 0, 'a stored value that was let go of is not shown again');
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    // Nothing was written, so there is nothing that could still fail. A read under way is waited for.
    if (this.#holders === 0) this.#handle.close().catch(() => {});
  }

  /** Fills the block. Throws where the file has become shorter than that. */
  async fill(block: Buffer, from: number): Promise<void> {
    for (let filled = 0; filled < block.length; ) {
      const at = from + filled;
      const { bytesRead } = await this.#handle.read(block, filled, block.length - filled, at);
      if (bytesRead === 0) throw new Error(`a stored value ends after ${at} bytes: its file was cut`);
      filled += bytesRead;
    }
  }
}

/** Its name stays, and is somebody else's to remove. */
export async function openStored(path: string): Promise<SharedFile> {
  return new SharedFile(await open(path));
}
