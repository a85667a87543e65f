// A JSON value that is kept as its text: a range of an open file that holds it, since it is too large for memory, a file
// that is shown as a data URL, or a long log. Stands wherever a value stands, and is written by compose.ts alone.
import { AssertionError } from '../../base/assert.ts';
import type { Json } from '../../base/json.ts';
import type { SharedFile } from './shared-file.ts';

/** What answers are made of: JSON, with stored values in it. */
export type Shown = Json | StoredValue | readonly Shown[] | { readonly [key: string]: Shown };

export interface FilePart {
  readonly file: SharedFile;
  readonly from: number;
  readonly to: number;
  /** json: its bytes are JSON text. base64: what they encode to is. */
  readonly as: 'json' | 'base64';
}

/** JSON text, in memory or on disk. Bytes in memory are whole characters, and nobody changes them. */
export type Piece = string | Buffer | FilePart;

/** text: the pieces are what stands between the quotes of a JSON string. json: they are the whole value. */
export type StoredKind = 'text' | 'json';

let writer: ((value: StoredValue) => string) | null = null;

export class StoredValue {
  readonly #kind: StoredKind;
  readonly #pieces: readonly Piece[];
  readonly #files: ReadonlySet<SharedFile>;
  readonly #bytes: number;

  /** Takes over one hold of each of its files. */
  constructor(kind: StoredKind, pieces: readonly Piece[]) {
    this.#kind = kind;
    this.#pieces = pieces;
    this.#files = new Set(pieces.flatMap((piece) => (isInFile(piece) ? [piece.file] : [])));
    this.#bytes = pieces.reduce((sum, piece) => sum + pieceBytes(piece), kind === 'text' ? 2 : 0);
  }

  get kind(): StoredKind {
    return this.#kind;
  }
  get pieces(): readonly Piece[] {
    return this.#pieces;
  }
  /** Of its JSON text. */
  get bytes(): number {
    return this.#bytes;
  }

  retain(): void {
    for (const file of this.#files) file.retain();
  }

  release(): void {
    for (const file of this.#files) file.release();
  }

  /** What JSON.stringify puts in its place. Outside compose() there is nothing it could truthfully put there. */
  toJSON(): string {
    if (writer === null)
      throw new AssertionError('a stored value was written by somebody who does not know of it');
    return writer(this);
  }

  /** While `fn` runs, JSON.stringify asks `write` what stands for a stored value. */
  static writtenBy<T>(write: (value: StoredValue) => string, fn: () => T): T {
    const outer = writer;
    writer = write;
    try {
      return fn();
    } finally {
      writer = outer;
    }
  }
}

/** For outputs that were all delivered in memory: only the outermost value is looked at. */
export function isInMemory(value: Shown): value is Json {
  return !(value instanceof StoredValue);
}

export function isInFile(piece: Piece): piece is FilePart {
  return typeof piece !== 'string' && !Buffer.isBuffer(piece);
}

export function pieceBytes(piece: Piece): number {
  if (!isInFile(piece)) return Buffer.byteLength(piece);
  const bytes = piece.to - piece.from;
  return piece.as === 'base64' ? base64Bytes(bytes) : bytes;
}

export function base64Bytes(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
