// A stream to a new file on disk, measured and hashed on the way. Either the whole file is there at the end or nothing.
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Measured {
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** `meter` sees the size of every piece before it is written; its throw ends the transfer. Destroys `content`. */
export async function writeMeasured(
  content: Readable,
  target: string,
  meter: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Measured> {
  const hash = createHash('sha256');
  let size = 0;
  async function* measured(source: AsyncIterable<Buffer>) {
    for await (const piece of source) {
      meter(piece.length);
      size += piece.length;
      hash.update(piece);
      yield piece;
    }
  }
  try {
    const file = await open(target, 'wx', 0o600);
    await pipeline(content, measured, file.createWriteStream(), { signal });
  } catch (error) {
    content.destroy();
    await rm(target, { force: true });
    throw error;
  }
  return { size, sha256: hash.digest('hex') };
}
