// Marks a value as a file output, and gives it a name and a media type. Reads nothing: the worker does, once the
// prediction returned it.
import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { PawlFile } from './pawl-file.ts';

const BRAND = Symbol.for('pawl.OutputFile');

/** A string is the path of a file on disk. */
export type OutputFileSource =
  | string
  | Uint8Array
  | ArrayBuffer
  | DataView
  | Blob
  | Response
  | PawlFile
  | ReadableStream<Uint8Array>
  | Readable;

export interface OutputFileOptions {
  /** File name to show, with extension. Default: that of the path, of the File, or `output`. */
  readonly name?: string | undefined;
  /** Media type. Default: that of the Blob, or what the name's extension tells. */
  readonly type?: string | undefined;
}

export class OutputFile {
  readonly source: OutputFileSource;
  readonly name: string | null;
  readonly type: string | null;

  constructor(source: OutputFileSource, options: OutputFileOptions) {
    this.source = source;
    this.name = options.name ?? null;
    this.type = options.type ?? null;
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  get [BRAND](): true {
    return true;
  }
}

/**
 * A file as an output: `return outputFile('picture.png')`. Blobs, Buffers and readable streams are file outputs by
 * themselves; this gives them a name and a type. A plain string never is one.
 */
export function outputFile(source: OutputFileSource, options: OutputFileOptions = {}): OutputFile {
  if (source === '') throw new TypeError('outputFile() got an empty path');
  if (typeof source !== 'string' && !isContent(source)) {
    throw new TypeError(
      `outputFile() takes a path, a Buffer, a Blob or a readable stream, not ${describe(source)}`,
    );
  }
  return new OutputFile(source, options);
}

function isContent(source: unknown): boolean {
  if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return true;
  if (typeof source !== 'object' || source === null) return false;
  return ['arrayBuffer', 'getReader', 'pipe'].some(
    (method) => typeof Reflect.get(source, method) === 'function',
  );
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return `a value of type ${value.constructor?.name ?? 'object'}`;
}
