// A body made of bytes in memory and of parts of files, read block by block as it is sent. Memory does not grow with it.
import { Readable } from 'node:stream';
import { lineFilter, textLines } from './part-filters.ts';
import { base64Bytes, type FilePart, type StoredValue } from './stored-value.ts';

/** line: JSON text without line breaks. text lines: the inside of a JSON string as text, framed for an event stream. */
export interface BodyFilePart extends Omit<FilePart, 'as'> {
  readonly as: FilePart['as'] | 'line' | 'text lines';
}

export type Part = Buffer | BodyFilePart;

export type OpenBody = AsyncGenerator<Buffer, void, void>;

// A multiple of three, so that every block but the last is base64 without padding.
const BLOCK_BYTES = 3 * 64 * 1024;

export class ComposedBody {
  readonly #parts: readonly Part[];
  readonly #values: readonly StoredValue[];
  #isReleased = false;

  /** Holds the values until it is released. */
  constructor(parts: readonly Part[], values: readonly StoredValue[]) {
    this.#parts = parts;
    this.#values = values;
    for (const value of values) value.retain();
  }

  /** Exact where no part is a line or text lines: those may become longer on their way. */
  get bytes(): number {
    return this.#parts.reduce((sum, part) => sum + partBytes(part), 0);
  }

  /** The whole, where no part of it is in a file; null else. */
  get inMemory(): Buffer | null {
    const parts = this.#parts.filter((part) => Buffer.isBuffer(part));
    return parts.length === this.#parts.length ? Buffer.concat(parts) : null;
  }

  /** From the start, each time. */
  async *open(): OpenBody {
    for (const part of this.#parts) {
      if (Buffer.isBuffer(part)) yield part;
      else for await (const block of filtered(part)) if (block.length > 0) yield block;
    }
  }

  /** To be called when nobody opens or reads it any more; harmless the second time. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    for (const value of this.#values) value.release();
  }

  /** Its bytes once, and it is released when the stream is closed, read to its end or not. */
  stream(): Readable {
    const stream = Readable.from(this.open(), { objectMode: false, highWaterMark: 1 });
    return stream.once('close', () => this.release());
  }
}

function partBytes(part: Part): number {
  if (Buffer.isBuffer(part)) return part.length;
  const bytes = part.to - part.from;
  return part.as === 'base64' ? base64Bytes(bytes) : bytes;
}

function filtered(part: BodyFilePart): AsyncGenerator<Buffer> {
  switch (part.as) {
    case 'json':
      return blocks(part);
    case 'base64':
      return encoded(part);
    case 'line':
      return lineFilter(blocks(part));
    case 'text lines':
      return textLines(blocks(part));
  }
}

async function* blocks({ file, from, to }: BodyFilePart): AsyncGenerator<Buffer> {
  for (let at = from; at < to; at += BLOCK_BYTES) {
    // Not from the pool, which would keep other small things alive; and handed on, so never used again here.
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, to - at));
    await file.fill(block, at);
    yield block;
  }
}

async function* encoded(part: BodyFilePart): AsyncGenerator<Buffer> {
  for await (const block of blocks(part)) yield Buffer.from(block.toString('base64'), 'latin1');
}
