// The log of one prediction, bounded. Text beyond the bound is counted, not kept. A long log is kept as the JSON text that
// answers consist of, made piece by piece as it comes: nothing of its length is left to do when somebody asks for it.
import { limit } from '../../limits.ts';
import { type Piece, StoredValue } from '../payload/stored-value.ts';

const PART_LENGTH = 64 * 1024;
/** As JSON a text may take six times as much; then it is kept as it is. */
const GROWTH_MAX = 1.5;

/** JSON text without its quotes, or text. */
type LogPart = { readonly json: Buffer } | { readonly text: string };

export class LogBuffer {
  readonly #bytesMax: number;
  readonly #parts: LogPart[] = [];
  /** Not joined yet: a million small texts would take far more memory than their bytes. */
  #recent: string[] = [];
  #recentLength = 0;
  #bytes = 0;
  #droppedBytes = 0;

  constructor(bytesMax: number = limit('predictionLogBytesMax')) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(data: string): void {
    const bytes = Buffer.byteLength(data);
    // Once something was dropped everything is: a later short message would hide the gap.
    if (this.#droppedBytes > 0 || this.#bytes + bytes > this.#bytesMax) {
      this.#droppedBytes += bytes;
      return;
    }
    this.#bytes += bytes;
    this.#recent.push(data);
    this.#recentLength += data.length;
    if (this.#recentLength >= PART_LENGTH) this.#finishPart();
  }

  /** Everything kept, and the marker where something was dropped. */
  get text(): string {
    return this.#parts.map(textOf).join('') + this.#rest();
  }

  /** What answers show: the text, or what stands for it where it is long. */
  get shown(): string | StoredValue {
    if (this.#parts.length === 0) return this.text;
    return new StoredValue('text', [...this.#parts.map(pieceOf), withoutQuotes(this.#rest())]);
  }

  /** What is in no part, and the marker. */
  #rest(): string {
    const recent = this.#recentText();
    if (this.#droppedBytes === 0) return recent;
    const last = this.#parts.at(-1);
    const before = recent !== '' || last === undefined ? recent : textOf(last);
    const gap = before === '' || before.endsWith('\n') ? '' : '\n';
    return `${recent}${gap}[**** LOG TRUNCATED, ${this.#droppedBytes} BYTES DROPPED ****]\n`;
  }

  #finishPart(): void {
    const recent = this.#recentText();
    // A character is not to be cut in its middle.
    const end = isHighSurrogate(recent.charCodeAt(recent.length - 1)) ? recent.length - 1 : recent.length;
    this.#parts.push(partOf(recent.slice(0, end)));
    this.#recent = end === recent.length ? [] : [recent.slice(end)];
    this.#recentLength = recent.length - end;
  }

  #recentText(): string {
    if (this.#recent.length > 1) this.#recent = [this.#recent.join('')];
    return this.#recent[0] ?? '';
  }
}

function partOf(text: string): LogPart {
  const json = withoutQuotes(text);
  // Whoever keeps a slice keeps the whole.
  return json.length > text.length * GROWTH_MAX ? { text } : { json: Buffer.from(json) };
}

function textOf(part: LogPart): string {
  return 'text' in part ? part.text : JSON.parse(`"${part.json.toString()}"`);
}

function pieceOf(part: LogPart): Piece {
  return 'text' in part ? withoutQuotes(part.text) : part.json;
}

function withoutQuotes(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
