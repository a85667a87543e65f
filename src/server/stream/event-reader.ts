// One reader: a place in the journal, and the bytes from there on as its consumer asks for them. A consumer that asks for
// nothing costs one batch; what it misses meanwhile is named by a gap event, and it goes on with what is there.
import { Readable } from 'node:stream';
import type { Clock, Timer } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import { BodyPump } from '../payload/body-pump.ts';
import { ComposedBody } from '../payload/composed-body.ts';
import type { Batch } from './batches.ts';
import type { Dialect } from './dialect.ts';
import { KEEP_ALIVE, retryHint } from './sse-format.ts';

/** The journal, as a reader sees it. */
export interface ReaderJournal {
  readonly begin: number;
  readonly end: number;
  readonly isSealed: boolean;
}

/** The events from a number on, encoded. */
export interface ReaderBatches {
  from(number: number): Batch;
}

export interface ReaderParts {
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly onClose: (reader: EventReader) => void;
}

export interface ReaderStart {
  /** Number of the first event that it is shown. */
  readonly next: number;
  /** How many before that it has missed. */
  readonly skipped: number;
}

export class EventReader extends Readable {
  readonly #journal: ReaderJournal;
  readonly #batches: ReaderBatches;
  readonly #parts: ReaderParts;
  #next: number;
  #skipped: number;
  #isAsked = false;
  #pushedTick: number;
  #timer: Timer;
  /** An event that is read from disk, as fast as the consumer takes it; nothing else is sent meanwhile. */
  #body: BodyPump | null = null;

  constructor(journal: ReaderJournal, batches: ReaderBatches, start: ReaderStart, parts: ReaderParts) {
    // One batch at a time: the rest is in the journal, for everybody.
    super({ highWaterMark: 1 });
    this.#journal = journal;
    this.#batches = batches;
    this.#parts = parts;
    this.#next = start.next;
    this.#skipped = start.skipped;
    this.#pushedTick = parts.clock.monotonic();
    this.#timer = this.#watch();
    // Sent at once, so that the client has its headers however long the first event takes.
    this.push(retryHint(limit('streamRetryMs')));
  }

  /** Number of the event that it needs next. */
  get next(): number {
    return this.#next;
  }

  /** Hands on what its consumer has asked for and the journal has. */
  advance(): void {
    if (this.#isAsked) this.#body?.ask();
    while (this.#isAsked && this.#body === null && !this.destroyed) {
      const piece = this.#take();
      if (piece === null) break;
      if (piece instanceof ComposedBody) this.#pump(piece);
      else this.#give(piece);
    }
  }

  override _read(): void {
    this.#isAsked = true;
    this.advance();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#timer.cancel();
    this.#body?.stop();
    this.#parts.onClose(this);
    done(error);
  }

  #take(): Buffer | string | ComposedBody | null {
    const { begin, end } = this.#journal;
    if (this.#next < begin) {
      this.#skipped += begin - this.#next;
      this.#next = begin;
    }
    if (this.#skipped > 0) {
      const text = this.#parts.dialect.gap(this.#skipped);
      this.#skipped = 0;
      return text;
    }
    if (this.#next === end) return null;
    const { bytes, next } = this.#batches.from(this.#next);
    this.#next = next;
    return bytes;
  }

  #give(piece: Buffer | string): void {
    this.#pushedTick = this.#parts.clock.monotonic();
    // A dialect may have no words for any event of a batch; pushing nothing would stop the stream.
    if (piece.length > 0) this.#isAsked = this.push(piece);
    this.#endIfSeen();
  }

  #pump(body: ComposedBody): void {
    this.#body = new BodyPump(body, {
      onBlock: (block) => {
        this.#pushedTick = this.#parts.clock.monotonic();
        this.#isAsked = this.push(block);
        return this.#isAsked;
      },
      onEnd: () => {
        this.#body = null;
        this.#endIfSeen();
        this.advance();
      },
      onError: (error) => this.destroy(error),
    });
    this.#body.ask();
  }

  #endIfSeen(): void {
    if (!this.#journal.isSealed || this.#next < this.#journal.end) return;
    this.#isAsked = false;
    this.push(null);
  }

  #watch(): Timer {
    const every = limit('streamKeepAliveMs');
    const idleMs = this.#isAsked ? this.#parts.clock.monotonic() - this.#pushedTick : 0;
    return this.#parts.clock.after(every - Math.min(idleMs, every - 1), () => {
      if (this.#isAsked && this.#body === null && this.#parts.clock.monotonic() - this.#pushedTick >= every)
        this.#give(KEEP_ALIVE);
      this.#timer = this.#watch();
    });
  }
}
