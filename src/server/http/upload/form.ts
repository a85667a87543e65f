// A multipart/form-data body: files go to the store while they arrive, texts are kept. Whatever fails, nothing of the
// form is left behind, and the client can read why.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { deferred } from '../../../base/deferred.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import type { FileStore } from '../../files/file-store.ts';
import type { Lease } from '../../files/stored-file.ts';
import { pipeBody } from './body-pipe.ts';
import { type FormPart, isJsonType } from './form-part.ts';

export interface FormOptions {
  readonly store: FileStore;
  /** All texts together. */
  readonly textBytesMax: number;
  /** Name of a part whose JSON is read as text, though browsers send it as a file. */
  readonly jsonPart: string;
}

/** Its files are the request's own: disposing it removes those that nobody took. */
export class Form implements Disposable {
  /** In the order in which they came. */
  readonly parts: readonly FormPart[];
  /** Of all texts. */
  readonly textBytes: number;
  readonly #leases: readonly Lease[];

  constructor(parts: readonly FormPart[], textBytes: number, leases: readonly Lease[]) {
    this.parts = parts;
    this.textBytes = textBytes;
    this.#leases = leases;
  }

  [Symbol.dispose](): void {
    for (const lease of this.#leases) lease.release();
  }
}

export function isForm(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'] ?? '';
  return type !== 'application/json' && /^multipart\/form-data\s*(?:;|$)/i.test(type);
}

export async function readForm(request: IncomingMessage, options: FormOptions): Promise<Form> {
  return new FormReader(options).read(request);
}

class FormReader {
  readonly #options: FormOptions;
  /** By number of the part; a file's is filled in once it is stored. */
  readonly #parts: FormPart[] = [];
  readonly #leases: Lease[] = [];
  readonly #contents = new Set<Readable>();
  readonly #receiving: Promise<void>[] = [];
  readonly #read = deferred();
  #partCount = 0;
  #textBytes = 0;

  constructor(options: FormOptions) {
    this.#options = options;
  }

  async read(request: IncomingMessage): Promise<Form> {
    const parser = this.#parser(request.headers);
    const body = pipeBody(request, parser);
    try {
      await Promise.race([this.#read.promise, body.broken]);
      await Promise.all(this.#receiving);
      return new Form(this.#parts, this.#textBytes, this.#leases);
    } catch (error) {
      body.stop();
      for (const content of this.#contents) content.destroy(error instanceof Error ? error : undefined);
      await Promise.allSettled(this.#receiving);
      for (const lease of this.#leases) lease.release();
      throw error;
    }
  }

  #parser(headers: IncomingHttpHeaders): BusboyInstance {
    const { textBytesMax, jsonPart } = this.#options;
    const config = {
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      limits: {
        parts: limit('formPartsMax'),
        fieldSize: textBytesMax,
        headerSize: limit('formHeaderBytesMax'),
      },
      isPartAFile: (name?: string, type = 'text/plain', fileName?: string) => {
        if (isJsonType(type)) return fileName !== undefined && name !== jsonPart;
        return fileName !== undefined || !type.startsWith('text/');
      },
    };
    let parser: BusboyInstance;
    try {
      parser = new Busboy(config);
    } catch (cause) {
      throw malformed(cause);
    }
    parser.on('field', (name, text, _nameCut, textCut, _encoding, mediaType) => {
      if (textCut) this.#fail(textsTooLarge(textBytesMax));
      else this.#text(name, text, mediaType);
    });
    parser.on('file', (name, content, fileName, _encoding, mediaType) => {
      this.#file(name, content, fileName, mediaType);
    });
    parser.on('partsLimit', () => this.#fail(tooManyParts()));
    parser.on('error', (error) => this.#fail(malformed(error)));
    parser.on('finish', () => this.#read.resolve());
    return parser;
  }

  #text(name: string | undefined, text: string, mediaType: string): void {
    const { textBytesMax } = this.#options;
    this.#textBytes += Buffer.byteLength(text);
    if (name === undefined) return this.#fail(unnamed());
    if (this.#textBytes > textBytesMax) return this.#fail(textsTooLarge(textBytesMax));
    this.#parts[this.#partCount++] = { name, text, mediaType };
  }

  #file(name: string | undefined, content: Readable, fileName: string | undefined, mediaType: string): void {
    if (name === undefined) {
      content.on('error', () => {}).resume();
      return this.#fail(unnamed());
    }
    const number = this.#partCount++;
    this.#contents.add(content);
    const received = this.#options.store
      .receive({ name: fileName ?? null, mediaType, content })
      .then((lease) => {
        this.#leases.push(lease);
        this.#parts[number] = { name, file: lease.file };
      })
      .finally(() => this.#contents.delete(content));
    received.catch((error: unknown) => this.#fail(error));
    this.#receiving.push(received);
  }

  /** The first failure is the one that is told. */
  #fail(error: unknown): void {
    this.#read.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

function malformed(cause: unknown): PawlError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `The request body is no well-formed multipart/form-data: ${reason}.`;
  return new PawlError('PAWL_BAD_REQUEST', message, { cause });
}

function unnamed(): PawlError {
  return new PawlError('PAWL_BAD_REQUEST', 'A part of the form has no name; name it after the input it is.');
}

function textsTooLarge(bytesMax: number): PawlError {
  const message = `The texts of the form are larger than ${bytesMax} bytes together; send long ones as files.`;
  return new PawlError('PAWL_BODY_TOO_LARGE', message);
}

function tooManyParts(): PawlError {
  return new PawlError('PAWL_BODY_TOO_LARGE', `The form has more than ${limit('formPartsMax')} parts.`);
}
