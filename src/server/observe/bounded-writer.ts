// Writes lines to a descriptor that somebody may have stopped reading: it never waits, keeps a bounded backlog, counts
// the lines that do not fit, and tells the count where they are missing. Lines of one turn of the event loop share a
// system call. Libuv makes a pipe on stderr non-blocking; what blocks all the same (a stopped terminal) blocks us.
import { writeSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';

export interface BoundedWriterParts {
  readonly clock: Clock;
  /** Writes what fits, and returns how much that was; throws as fs.writeSync does. */
  readonly write: (bytes: Buffer) => number;
  /** Waits without the event loop, for flush() only. */
  readonly sleep: (ms: number) => void;
  readonly bytesMax: number;
  /** So many lines are missing before the next one. Called when there is room to say so. */
  readonly onDropped: (lines: number) => void;
}

const CHUNK_BYTES = 64 * 1024;
const RETRY_MS = 20;
const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

export class BoundedWriter {
  readonly #parts: BoundedWriterParts;
  /** Lines that were not handed to the descriptor, oldest first. */
  #lines: string[] = [];
  #bytes = 0;
  /** What is left of a write that was taken in part. */
  #rest: Buffer = Buffer.alloc(0);
  #dropped = 0;
  #isPlanned = false;
  #isBroken = false;

  constructor(parts: BoundedWriterParts) {
    this.#parts = parts;
  }

  /** `line` ends in a newline. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    // Until the gap is told, what comes after it is dropped as well: the count stands where the lines are missing.
    if (this.#isBroken || this.#dropped > 0 || this.#bytes + bytes > this.#parts.bytesMax) {
      this.#dropped += 1;
      return;
    }
    this.#lines.push(line);
    this.#bytes += bytes;
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => this.#turn());
  }

  /** Writes what is held, for a bounded time. For the end of the process. */
  flush(): void {
    const { clock, sleep } = this.#parts;
    const deadline = clock.monotonic() + limit('serverLogFlushMs');
    while (!this.#drain() && clock.monotonic() < deadline) sleep(RETRY_MS);
  }

  #turn(): void {
    this.#isPlanned = !this.#drain();
    if (this.#isPlanned) this.#parts.clock.after(RETRY_MS, () => this.#turn());
  }

  /** True when nothing is left to write. */
  #drain(): boolean {
    while (this.#bytes > 0 && !this.#isBroken) {
      if (!this.#writeSome()) return false;
      this.#tellDropped();
    }
    return true;
  }

  #writeSome(): boolean {
    if (this.#rest.length === 0) this.#rest = this.#nextChunk();
    try {
      const written = this.#parts.write(this.#rest);
      this.#rest = this.#rest.subarray(written);
      this.#bytes -= written;
      return written > 0;
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
      if (code === 'EAGAIN' || code === 'EBUSY') return false;
      // Nobody reads any more (EPIPE), or the descriptor is gone: a server does not end for want of its log.
      this.#isBroken = true;
      this.#lines = [];
      this.#bytes = 0;
      return true;
    }
  }

  #nextChunk(): Buffer {
    let count = 0;
    let length = 0;
    while (count < this.#lines.length && length < CHUNK_BYTES) length += this.#lines[count++]?.length ?? 0;
    return Buffer.from(this.#lines.splice(0, count).join(''));
  }

  #tellDropped(): void {
    if (this.#dropped === 0 || this.#bytes > this.#parts.bytesMax / 2) return;
    const lines = this.#dropped;
    this.#dropped = 0;
    this.#parts.onDropped(lines);
  }
}

/** Of fs.writeSync and Atomics.wait. */
export function systemWriter(fd: number): Pick<BoundedWriterParts, 'write' | 'sleep'> {
  return {
    write: (bytes) => writeSync(fd, bytes),
    sleep: (ms) => void Atomics.wait(cell, 0, 0, ms),
  };
}
