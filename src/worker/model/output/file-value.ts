// Which values are files by themselves, and where their bytes come from. Nothing is read here.
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';

// Brands, not classes: a predictor may hold another copy of this package.
const PAWL_FILE = Symbol.for('pawl.PawlFile');
const OUTPUT_FILE = Symbol.for('pawl.OutputFile');

export type FileContent =
  | { readonly from: 'path'; readonly path: string }
  | { readonly from: 'bytes'; readonly bytes: Uint8Array }
  | { readonly from: 'blob'; readonly blob: Blob }
  | { readonly from: 'web-stream'; readonly stream: ReadableStream<Uint8Array> }
  | { readonly from: 'node-stream'; readonly stream: Readable }
  | { readonly from: 'handle'; readonly handle: FileHandle };

export interface FileValue {
  readonly content: FileContent;
  /** As the predictor gave it, not yet safe; null where it gave none. */
  readonly name: string | null;
  readonly type: string | null;
}

/** Made by outputFile(), whatever it holds. */
export function isOutputFile(value: object): boolean {
  return OUTPUT_FILE in value;
}

/** Null where `value` is no file. */
export function asFileValue(value: object): FileValue | null {
  if (OUTPUT_FILE in value) return fromOutputFile(value);
  if (PAWL_FILE in value) {
    const content = { from: 'path', path: text(value, 'path') ?? '' } as const;
    return { content, name: text(value, 'name'), type: text(value, 'type') };
  }
  return fromContent(value);
}

function fromOutputFile(value: object): FileValue | null {
  const source = 'source' in value ? value.source : null;
  const name = text(value, 'name');
  const type = text(value, 'type');
  if (typeof source === 'string')
    return { content: { from: 'path', path: path.resolve(source) }, name, type };
  // Marked as a file, numbers in memory are the bytes they consist of.
  if (ArrayBuffer.isView(source)) {
    const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    return { content: { from: 'bytes', bytes }, name, type };
  }
  const inner = typeof source === 'object' && source !== null ? asFileValue(source) : null;
  return inner && { content: inner.content, name: name ?? inner.name, type: type ?? inner.type };
}

function fromContent(value: object): FileValue | null {
  const bytes = asBytes(value);
  if (bytes !== null) return { content: { from: 'bytes', bytes }, name: null, type: null };
  if (isBlob(value)) {
    return { content: { from: 'blob', blob: value }, name: text(value, 'name'), type: text(value, 'type') };
  }
  if (isResponse(value)) return fromResponse(value);
  if (isWebStream(value)) return { content: { from: 'web-stream', stream: value }, name: null, type: null };
  if (isNodeStream(value)) {
    // Streams of fs know the path they read.
    const source = text(value, 'path');
    const name = source === null ? null : path.basename(source);
    return { content: { from: 'node-stream', stream: value }, name, type: null };
  }
  if (isFileHandle(value)) return { content: { from: 'handle', handle: value }, name: null, type: null };
  if (isUrl(value) && value.protocol === 'file:') {
    return { content: { from: 'path', path: fileURLToPath(value.href) }, name: null, type: null };
  }
  return null;
}

/** What fetch() gave: its body, not the properties that happen to be enumerable. */
function fromResponse({ body, headers }: Response): FileValue {
  const type = headers.get('content-type');
  if (body === null) return { content: { from: 'bytes', bytes: new Uint8Array() }, name: null, type };
  return { content: { from: 'web-stream', stream: body }, name: null, type };
}

export function isUrl(value: object): value is URL {
  return value instanceof URL;
}

/** Streams are async iterable and yet no output lists, so whoever looks for lists asks this first. */
export function isStream(value: object): boolean {
  return isWebStream(value) || isNodeStream(value);
}

function asBytes(value: object): Uint8Array | null {
  if (types.isUint8Array(value)) return value;
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : null;
}

function isBlob(value: object): value is Blob {
  const tag = Object.prototype.toString.call(value);
  return (tag === '[object Blob]' || tag === '[object File]') && has(value, 'stream', 'arrayBuffer');
}

function isResponse(value: object): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]' && has(value, 'arrayBuffer');
}

function isWebStream(value: object): value is ReadableStream<Uint8Array> {
  return has(value, 'getReader', 'cancel', 'tee');
}

function isNodeStream(value: object): value is Readable {
  return has(value, 'pipe', 'on', 'read', 'destroy') && 'readable' in value;
}

function isFileHandle(value: object): value is FileHandle {
  return has(value, 'createReadStream', 'stat', 'close') && 'fd' in value && typeof value.fd === 'number';
}

function has(value: object, ...methods: readonly string[]): boolean {
  return methods.every((name) => typeof Reflect.get(value, name) === 'function');
}

/** A property that is a text with something in it. */
function text(value: object, name: string): string | null {
  const found: unknown = Reflect.get(value, name);
  return typeof found === 'string' && found !== '' ? found : null;
}
