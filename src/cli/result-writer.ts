// Where the output of `pawl predict` goes: text and JSON to stdout as they come, files to disk and their names to
// stdout. With -o FILE, files go there, and where there are none the text does; with -o FOLDER files go below it. An
// older file is replaced.
import { isObject, type Json } from '../base/json.ts';
import { embeddedFile } from './embedded-file.ts';
import { type Naming, OutputNames, type OutputTarget } from './output-names.ts';

export interface ResultSink {
  print(text: string): void;
  /** The first call of a path replaces what was there, later ones add to it. */
  write(path: string, content: Buffer | string): void;
}

/** `value`: what predict() returned. `item`: what its generator yielded. */
export type OutputKind = 'value' | 'item';

/** Whether texts that a generator yields are the parts of one text, or the items of a list. */
export type TextItems = 'parts' | 'items';

export interface ResultForm {
  readonly target: OutputTarget;
  readonly textItems: TextItems;
}

export class ResultWriter {
  readonly #form: ResultForm;
  readonly #names: OutputNames;
  readonly #sink: ResultSink;
  #files = 0;
  #isAtLineStart = true;

  constructor(form: ResultForm, sink: ResultSink) {
    this.#form = form;
    this.#names = new OutputNames(form.target);
    this.#sink = sink;
  }

  receive(kind: OutputKind, value: Json): void {
    const files = countFiles(value);
    const isPart = kind === 'item' && this.#form.textItems === 'parts';
    if (typeof value === 'string' && isPart && files === 0) return this.#text(value);
    const shown = this.#withNames(value, kind === 'value' && files === 1 ? 'alone' : 'numbered');
    // One line for each item: a text with line breaks in it stays one as JSON.
    if (typeof shown === 'string' && (kind === 'value' || files > 0)) return this.#line(shown);
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
    const { target } = this.#form;
    if (target.kind !== 'file' || this.#files > 0) this.#sink.print(text);
    else this.#sink.write(target.path, text);
  }

  #withNames(value: Json, naming: Naming): Json {
    if (typeof value === 'string') {
      const file = embeddedFile(value);
      if (file === null) return value;
      this.#files += 1;
      const name = this.#names.next(file.name, naming);
      this.#sink.write(name, file.bytes());
      return name;
    }
    if (Array.isArray(value)) return value.map((item) => this.#withNames(item, naming));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.#withNames(item, naming)]),
    );
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
