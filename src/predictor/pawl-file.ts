// A file input as predict() sees it: already on disk, in the prediction's temporary directory. Never fetches anything,
// and never removes the file: the prediction owns it.
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

const BRAND = Symbol.for('pawl.PawlFile');

export interface PawlFileParts {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/**
 * A file that came as an input. In a text it is its path: `spawn('ffmpeg', ['-i', String(file)])`. It lives as long as
 * the prediction. `instanceof` works over copies of this package.
 */
export class PawlFile {
  /** Where it lies: an absolute path. */
  readonly path: string;
  /** File name with extension, safe to use as one. */
  readonly name: string;
  /** Media type, for instance `image/png`. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;

  constructor(parts: PawlFileParts) {
    this.path = parts.path;
    this.name = parts.name;
    this.type = parts.type;
    this.size = parts.size;
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return isPawlFile(value);
  }

  get [BRAND](): true {
    return true;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = await readFile(this.path);
    const isWhole = byteOffset === 0 && byteLength === buffer.byteLength;
    if (isWhole && buffer instanceof ArrayBuffer) return buffer;
    return new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
  }

  stream(): ReadableStream<Uint8Array> {
    return Readable.toWeb(createReadStream(this.path));
  }

  /** The content as UTF-8. */
  text(): Promise<string> {
    return readFile(this.path, 'utf8');
  }

  toString(): string {
    return this.path;
  }

  [Symbol.toPrimitive](): string {
    return this.path;
  }
}

export function isPawlFile(value: unknown): value is PawlFile {
  return typeof value === 'object' && value !== null && BRAND in value;
}
