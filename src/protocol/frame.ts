// One JSON object per line. Encoding refuses an oversized message; decoding is incremental and scans each byte once.
import { PawlError } from '../errors.ts';
import { limit } from '../limits.ts';

const NEWLINE = 0x0a;

/** The line for a message, with its newline. JSON.stringify escapes newlines, so one message is one line. */
export function encodeFrame(message: object, bytesMax: number = limit('frameBytesMax')): string {
  const line = `${JSON.stringify(message)}\n`;
  // A UTF-16 unit becomes at most three bytes: short lines need no exact count.
  if (line.length * 3 > bytesMax && Buffer.byteLength(line) > bytesMax) {
    throw new PawlError('PAWL_PROTOCOL', `a message of ${Buffer.byteLength(line)} bytes is over ${bytesMax}`);
  }
  return line;
}

/** Turns chunks into lines (without newline). Memory stays below `bytesMax`: a longer line throws PAWL_PROTOCOL. */
export class FrameDecoder {
  readonly #bytesMax: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(bytesMax: number = limit('frameBytesMax')) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes of an unfinished line: not zero at the end of a channel means that its peer died mid-frame. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  push(chunk: Buffer): string[] {
    // Nearly always whole lines arrive, none of which can be longer than all of them.
    const isWhole = this.#pendingBytes === 0 && chunk[chunk.length - 1] === NEWLINE;
    if (isWhole && chunk.length <= this.#bytesMax)
      return chunk.toString('utf8', 0, chunk.length - 1).split('\n');
    const lines: string[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      lines.push(this.#finish(chunk.subarray(from, at)));
      from = at + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
    return lines;
  }

  #keep(rest: Buffer): void {
    this.#check(rest.length);
    this.#pending.push(rest);
    this.#pendingBytes += rest.length;
  }

  #finish(tail: Buffer): string {
    this.#check(tail.length);
    if (this.#pendingBytes === 0) return tail.toString('utf8');
    const line = Buffer.concat([...this.#pending, tail]).toString('utf8');
    this.#pending = [];
    this.#pendingBytes = 0;
    return line;
  }

  #check(more: number): void {
    if (this.#pendingBytes + more <= this.#bytesMax) return;
    throw new PawlError('PAWL_PROTOCOL', `a line of more than ${this.#bytesMax} bytes arrived`);
  }
}
