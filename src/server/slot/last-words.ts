// The end of what somebody wrote to stderr: the last thing to be said about a worker that died.
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { limit } from '../../limits.ts';

// How the JavaScript engine, the C and C++ libraries, sanitizers, Rust and Go say that a process ends.
const DEATH_NOTICES = [
  /^FATAL ERROR: /,
  /^# (?:Fatal|Check|Debug check|unreachable)/,
  /Assertion [`'"].*failed/,
  /Assertion failed/,
  /^terminate called /,
  /^ {2}what\(\): /,
  /^(?:malloc|free|realloc|munmap_chunk)\(\): /,
  /^(?:double free or corruption|corrupted )/,
  /^\*\*\* .* (?:detected|terminated)/,
  /^thread '.*' panicked at /,
  /^(?:panic|fatal error): /,
  /ERROR: \w+Sanitizer/,
  /Segmentation fault/,
];
const NOTICES_MAX = 5;

export class LastWords {
  readonly #bytesMax: number;
  #texts: string[] = [];
  #length = 0;

  constructor(bytesMax: number = limit('lastWordsBytesMax')) {
    this.#bytesMax = bytesMax;
  }

  /** The kept tail, from the start of a line where something before it was dropped. */
  get text(): string {
    const all = Buffer.from(this.#texts.join(''));
    if (all.length <= this.#bytesMax) return all.toString('utf8').trim();
    const tail = all.subarray(-this.#bytesMax);
    const newline = tail.indexOf('\n');
    const whole = newline === -1 || newline === tail.length - 1 ? tail : tail.subarray(newline + 1);
    return whole.toString('utf8').trim();
  }

  /** Those of its lines in which a process says that it ends, the last few of them. */
  get deathNotice(): string {
    const lines = this.text.split('\n').filter((line) => DEATH_NOTICES.some((notice) => notice.test(line)));
    return lines.slice(-NOTICES_MAX).join('\n').trim();
  }

  append(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
    // Called with everything a prediction writes to stderr: only whole texts are let go, nothing is copied.
    while (this.#length - (this.#texts[0]?.length ?? 0) > this.#bytesMax) {
      this.#length -= this.#texts.shift()?.length ?? 0;
    }
  }

  /** Keeps the tail of `stream` and hands each piece on. */
  listen(stream: Readable, pass: (text: string) => void): void {
    const decoder = new StringDecoder('utf8');
    stream.on('data', (chunk: Buffer) => {
      const text = decoder.write(chunk);
      this.append(text);
      pass(text);
    });
    // Nothing more will come, and the exit of the process says why.
    stream.on('error', () => {});
  }
}
