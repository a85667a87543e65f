// Bytes of one captured stream → text of whole lines, valid UTF-8, in messages of bounded size. Knows nothing of
// predictions: its owner says where the text goes and when to flush.
import { StringDecoder } from 'node:string_decoder';
import type { Clock, Timer } from '../../base/clock.ts';
import { limit } from '../../limits.ts';

const TRUNCATED = '[**** LOG LINE TRUNCATED AT 4 MiB ****]';

export class LineAssembler {
  readonly #emit: (text: string) => void;
  readonly #clock: Clock;
  readonly #lineBytesMax = limit('logLineBytesMax') - TRUNCATED.length;
  readonly #messageMax = limit('logMessageBytesMax');
  #decoder = new StringDecoder('utf8');
  /** Text after the last newline that was not emitted yet. */
  #partial = '';
  /** Bytes of the current line so far, what idle flushes emitted included. */
  #lineBytes = 0;
  #isTruncated = false;
  #idle: Timer | null = null;
  #isFresh = true;

  constructor(clock: Clock, emit: (text: string) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  /** Nothing came since the last flush. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  push(bytes: Buffer): void {
    this.#isFresh = false;
    const text = this.#decoder.write(bytes);
    if (this.#lineBytes + bytes.length <= this.#lineBytesMax && !this.#isTruncated) this.#append(text);
    else this.#appendWithCut(text);
    if (this.#partial.length > this.#messageMax) this.#emitPartial();
    if (this.#partial === '') this.#disarm();
    else this.#idle ??= this.#clock.after(limit('logIdleFlushMs'), () => this.#emitPartial());
  }

  /** Emits what is left, an unfinished line and an unfinished character included. The next byte starts a new line. */
  flush(): void {
    if (this.#isFresh) return;
    this.#isFresh = true;
    const rest = this.#decoder.end();
    if (rest !== '' && !this.#isTruncated) this.#partial += rest;
    this.#decoder = new StringDecoder('utf8');
    this.#emitPartial();
    this.#lineBytes = 0;
    this.#isTruncated = false;
  }

  /** The common case: even if all of `text` belongs to one line, that line is short enough. */
  #append(text: string): void {
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) {
      this.#partial += text;
      this.#lineBytes += Buffer.byteLength(text);
      return;
    }
    const lines = this.#partial + text.slice(0, end);
    this.#partial = text.slice(end);
    this.#lineBytes = Buffer.byteLength(this.#partial);
    this.#emit(lines);
  }

  /** A line may pass the limit: goes line by line, cuts once, and drops the rest up to the newline. */
  #appendWithCut(text: string): void {
    let from = 0;
    while (from < text.length) {
      const newline = text.indexOf('\n', from);
      const end = newline === -1 ? text.length : newline;
      if (!this.#isTruncated) this.#appendToLine(text.slice(from, end));
      if (newline === -1) return;
      this.#partial += '\n';
      this.#emitPartial();
      this.#lineBytes = 0;
      this.#isTruncated = false;
      from = newline + 1;
    }
  }

  #appendToLine(piece: string): void {
    const bytes = Buffer.from(piece);
    const room = this.#lineBytesMax - this.#lineBytes;
    if (bytes.length <= room) {
      this.#partial += piece;
      this.#lineBytes += bytes.length;
      return;
    }
    // A fresh decoder holds back a character that the cut splits, so the cut text stays valid UTF-8.
    this.#partial += new StringDecoder('utf8').write(bytes.subarray(0, room)) + TRUNCATED;
    this.#lineBytes = this.#lineBytesMax;
    this.#isTruncated = true;
  }

  #emitPartial(): void {
    this.#disarm();
    if (this.#partial === '') return;
    const text = this.#partial;
    this.#partial = '';
    this.#emit(text);
  }

  #disarm(): void {
    this.#idle?.cancel();
    this.#idle = null;
  }
}
