// The event streams of all predictions. A stream lives as long as its prediction, and is made when first asked for.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Prediction } from '../prediction/prediction.ts';
import type { Dialect } from './dialect.ts';
import type { EventReader } from './event-reader.ts';
import { EventStream } from './event-stream.ts';
import { Presence } from './presence.ts';
import { COG_DIALECT } from './sse-format.ts';

export interface EventStreamsParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly graceMs: number;
  readonly defer?: (fn: () => void) => void;
}

export class EventStreams {
  readonly #parts: EventStreamsParts;
  readonly #streams = new WeakMap<Prediction, EventStream>();

  constructor(parts: EventStreamsParts) {
    this.#parts = parts;
  }

  /** The first reader of a prediction that has just been created for its readers: without them it is canceled. */
  openFirst(prediction: Prediction): EventReader | null {
    const { clock, log, graceMs } = this.#parts;
    const presence = new Presence(clock, graceMs, () => {
      if (prediction.cancel())
        log.info({ prediction: prediction.id }, 'nobody reads its event stream any more: canceled');
    });
    return this.#streamOf(prediction, presence)?.open(null, COG_DIALECT) ?? null;
  }

  /** Null where the reader has seen everything. Throws PAWL_TOO_MANY_READERS. */
  open(
    prediction: Prediction,
    lastEventId: string | null,
    dialect: Dialect = COG_DIALECT,
  ): EventReader | null {
    return this.#streamOf(prediction, null)?.open(lastEventId, dialect) ?? null;
  }

  #streamOf(prediction: Prediction, presence: Presence | null): EventStream | null {
    const known = this.#streams.get(prediction);
    if (known !== undefined) return known;
    const { journal } = prediction;
    if (journal === null) return null;
    const { clock, defer = setImmediate } = this.#parts;
    const stream = new EventStream(prediction, journal, { clock, defer, presence });
    this.#streams.set(prediction, stream);
    return stream;
  }
}
