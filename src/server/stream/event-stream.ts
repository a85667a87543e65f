// The event stream of one prediction: its readers, who are told once per turn of the event loop that there is more.
import type { Clock } from '../../base/clock.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { compose, type Wire } from '../payload/compose.ts';
import type { ComposedBody } from '../payload/composed-body.ts';
import type { PredictionEvent } from '../prediction/events.ts';
import type { Prediction } from '../prediction/prediction.ts';
import { Batches } from './batches.ts';
import type { Dialect } from './dialect.ts';
import { EventIds } from './event-ids.ts';
import { EventReader } from './event-reader.ts';
import type { Journal } from './journal.ts';
import type { Presence } from './presence.ts';

export interface StreamParts {
  readonly clock: Clock;
  /** Runs `fn` after what is happening now: what is appended until then goes out in one write. */
  readonly defer: (fn: () => void) => void;
  /** Null where the prediction does not depend on its readers. */
  readonly presence: Presence | null;
}

export class EventStream {
  readonly #prediction: Prediction;
  readonly #journal: Journal<PredictionEvent>;
  readonly #parts: StreamParts;
  /** Made when a dialect is first asked for. */
  readonly #batches = new Map<Dialect, Batches<PredictionEvent>>();
  readonly #ids = new EventIds();
  readonly #readers = new Set<EventReader>();
  #isFlushDue = false;

  constructor(prediction: Prediction, journal: Journal<PredictionEvent>, parts: StreamParts) {
    this.#prediction = prediction;
    this.#journal = journal;
    this.#parts = parts;
    if (!prediction.isTerminal) prediction.observe((event) => this.#appended(event));
  }

  /**
   * A reader that starts behind the event `lastEventId`; an id that this stream has not given counts as none, which
   * shows everything that is kept. Null where it has seen the last event of all.
   */
  open(lastEventId: string | null, dialect: Dialect): EventReader | null {
    const { replayFrom, end, isSealed } = this.#journal;
    const seen = lastEventId === null ? null : this.#ids.numberOf(lastEventId, end);
    const wanted = seen === null ? 0 : seen + 1;
    if (isSealed && wanted === end) return null;
    if (this.#readers.size >= limit('streamReadersMax'))
      throw new PawlError('PAWL_TOO_MANY_READERS', 'Too many stream subscribers');
    const next = Math.max(wanted, replayFrom);
    const start = { next, skipped: next - wanted };
    const reader = new EventReader(this.#journal, this.#batchesIn(dialect), start, {
      clock: this.#parts.clock,
      dialect,
      onClose: (closed) => this.#closed(closed),
    });
    this.#readers.add(reader);
    // What has not been sent is encoded when the reader asks for it, also after the prediction was forgotten.
    this.#prediction.retain();
    this.#settle();
    return reader;
  }

  #batchesIn(dialect: Dialect): Batches<PredictionEvent> {
    const known = this.#batches.get(dialect);
    if (known !== undefined) return known;
    const wire: Wire = { bytes: dialect.bytes, files: 'line' };
    const text = (number: number, event: PredictionEvent): string | ComposedBody => {
      const id = this.#ids.of(number);
      try {
        // The last event has the log in it.
        const isPlain = event.type !== 'completed' && !this.#prediction.hasStored;
        if (isPlain) return dialect.event(id, event, this.#prediction);
        return compose(() => dialect.event(id, event, this.#prediction), wire);
      } catch {
        // The only way to fail is a text longer than V8 can hold.
        return dialect.failure(id, event, this.#prediction);
      }
    };
    const encoding = { text, bytes: dialect.bytes };
    const batches = new Batches(this.#journal, encoding, limit('streamBatchBytesMax'));
    this.#batches.set(dialect, batches);
    return batches;
  }

  #appended(event: PredictionEvent): void {
    if (event.type === 'completed') this.#parts.presence?.end();
    if (this.#isFlushDue || this.#readers.size === 0) return;
    this.#isFlushDue = true;
    this.#parts.defer(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushDue = false;
    for (const reader of this.#readers) reader.advance();
    this.#settle();
  }

  #closed(reader: EventReader): void {
    this.#readers.delete(reader);
    this.#prediction.release();
    this.#settle();
  }

  #settle(): void {
    let slowest = Number.POSITIVE_INFINITY;
    for (const { next } of this.#readers) slowest = Math.min(slowest, next);
    this.#journal.hold(slowest);
    this.#parts.presence?.readers(this.#readers.size);
  }
}
