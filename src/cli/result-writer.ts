// Where the output of `pawl predict` goes: text and JSON to stdout as they come, files to disk and their names to
// stdout. With -o FILE, files go there, and where there are none the text does. An older file is replaced.
import mime from 'mime';
import { isObject, type Json } from '../base/json.ts';
import { type EmbeddedFile, embeddedFile } from './embedded-file.ts';

export interface ResultSink {
  print(text: string): void;
  /** The first call of a path replaces what was there, later ones add to it. */
  write(path: string, content: Buffer | string): void;
}

/** `value`: what predict() returned. `item`: what its generator yielded. */
export type OutputKind = 'value' | 'item';

/** A generator may yield more files, so its first one has a number already. */
type Naming = 'alone' | 'numbered';

export class ResultWriter {
  readonly #outputFile: string | null;
  readonly #sink: ResultSink;
  #files = 0;
  #isAtLineStart = true;

  constructor(outputFile: string | null, sink: ResultSink) {
    this.#outputFile = outputFile;
    this.#sink = sink;
  }

  receive(kind: OutputKind, value: Json): void {
    const files = countFiles(value);
    if (typeof value === 'string' && kind === 'item' && files === 0) return this.#text(value);
    const shown = this.#withNames(value, kind === 'value' && files === 1 ? 'alone' : 'numbered');
    if (typeof shown === 'string') return this.#line(shown);
    if (Array.isArray(shown) && files > 0 && files === shown.length && shown.every(isText)) {
      // Nothing but files: their names, one a line, as they would come from a generator.
      return this.#line(shown.join('\n'));
    }
    this.#line(kind === 'value' ? JSON.stringify(shown, null, 2) : JSON.stringify(shown));
  }

  /** Ends streamed text with a line break, as a shell expects. */
  end(): void {
    if (!this.#isAtLineStart) this.#text('\n');
  }

  #line(text: string): void {
    this.end();
    this.#text(`${text}\n`);
  }

  #text(text: string): void {
    if (text === '') return;
    this.#isAtLineStart = text.endsWith('\n');
    if (this.#outputFile === null || this.#files > 0) this.#sink.print(text);
    else this.#sink.write(this.#outputFile, text);
  }

  #withNames(value: Json, naming: Naming): Json {
    if (typeof value === 'string') {
      const file = embeddedFile(value);
      return file === null ? value : this.#save(file, naming);
    }
    if (Array.isArray(value)) return value.map((item) => this.#withNames(item, naming));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.#withNames(item, naming)]),
    );
  }

  #save(file: EmbeddedFile, naming: Naming): string {
    const number = naming === 'alone' ? '' : `.${this.#files}`;
    this.#files += 1;
    const name =
      this.#outputFile === null
        ? `output${number}.${mime.getExtension(file.mediaType) ?? 'bin'}`
        : numbered(this.#outputFile, number);
    this.#sink.write(name, file.bytes());
    return name;
  }
}

function countFiles(value: Json): number {
  if (typeof value === 'string') return embeddedFile(value) === null ? 0 : 1;
  if (value === null || typeof value !== 'object') return 0;
  return Object.values(value).reduce((count: number, item: Json) => count + countFiles(item), 0);
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}

/** out.png, .1 → out.1.png */
function numbered(path: string, number: string): string {
  const [, stem = path, extension = ''] = /^(.*[^/.])(\.[^./]+)$/s.exec(path) ?? [];
  return `${stem}${number}${extension}`;
}
