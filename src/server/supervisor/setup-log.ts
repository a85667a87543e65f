// The output of one start of a worker, for the health response. Bounded: the oldest part goes first, and is counted.
import { limit } from '../../limits.ts';

interface Piece {
  text: string;
  bytes: number;
}

// Small texts are joined, so that a worker that prints byte by byte does not cost an object per byte.
const PIECE_BYTES = 4096;

export class SetupLog {
  readonly #bytesMax: number;
  #pieces: Piece[] = [];
  /** Not joined to a piece yet. */
  #recent: string[] = [];
  #recentBytes = 0;
  #bytes = 0;
  #droppedBytes = 0;

  constructor(bytesMax: number = limit('setupLogBytesMax')) {
    this.#bytesMax = bytesMax;
  }

  get text(): string {
    const kept = [...this.#pieces.map((piece) => piece.text), ...this.#recent].join('');
    return this.#droppedBytes === 0
      ? kept
      : `[**** ${this.#droppedBytes} BYTES OF EARLIER SETUP OUTPUT DROPPED ****]\n${kept}`;
  }

  append(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (bytes === 0) return;
    this.#recent.push(text);
    this.#recentBytes += bytes;
    this.#bytes += bytes;
    if (this.#recentBytes >= PIECE_BYTES) this.#joinRecent();
    while (this.#bytes > this.#bytesMax) this.#dropOldest();
  }

  /** Appends text on a line of its own. */
  appendLine(text: string): void {
    const last = this.#recent.at(-1) ?? this.#pieces.at(-1)?.text;
    const gap = last === undefined || last.endsWith('\n') ? '' : '\n';
    this.append(`${gap}${text}${text.endsWith('\n') ? '' : '\n'}`);
  }

  #joinRecent(): void {
    this.#pieces.push({ text: this.#recent.join(''), bytes: this.#recentBytes });
    this.#recent = [];
    this.#recentBytes = 0;
  }

  #dropOldest(): void {
    if (this.#pieces.length === 0) this.#joinRecent();
    const oldest = this.#pieces[0];
    if (oldest === undefined) return;
    const excess = this.#bytes - this.#bytesMax;
    const end = oldest.bytes <= excess ? oldest.bytes : cutPoint(Buffer.from(oldest.text), excess);
    if (end >= oldest.bytes) {
      this.#pieces.shift();
    } else {
      oldest.text = Buffer.from(oldest.text).subarray(end).toString('utf8');
      oldest.bytes -= end;
    }
    this.#bytes -= end;
    this.#droppedBytes += end;
  }
}

const NEWLINE = 0x0a;

/** Where to cut so that at least `excess` bytes go: after a line where there is one, else before a whole character. */
function cutPoint(bytes: Buffer, excess: number): number {
  const newline = bytes.indexOf(NEWLINE, excess - 1);
  if (newline !== -1) return newline + 1;
  let at = excess;
  while (at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
