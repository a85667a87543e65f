// The webhooks of one prediction: does what the schedule says. Owns the request on its way, the timer, and the body of
// `completed` until that is delivered or given up.
import type { Clock, Timer } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { StateMachine } from '../../base/state-machine.ts';
import { composeJson } from '../payload/compose.ts';
import type { Prediction } from '../prediction/prediction.ts';
import { generatePredictionId } from '../prediction/prediction-id.ts';
import { predictionObject } from '../prediction/prediction-object.ts';
import type { Backlog } from './backlog.ts';
import {
  NEW_SERIES,
  SERIES_NEXT,
  type SeriesAction,
  type SeriesEvent,
  type SeriesStatus,
  step,
} from './schedule.ts';
import type { Delivery, Message, Sender, Sending } from './sender.ts';
import type { WebhookTarget } from './webhook-event.ts';

export interface SeriesParts {
  readonly sender: Sender;
  readonly backlog: Backlog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intervalMs: number;
  readonly random: () => number;
  readonly onOver: () => void;
}

export class WebhookSeries {
  readonly #parts: SeriesParts;
  readonly #target: WebhookTarget;
  readonly #status: StateMachine<SeriesStatus>;
  readonly #fields: { readonly prediction: string; readonly webhook: string };
  #state = NEW_SERIES;
  /** Null once `completed` has been built, or nothing more is sent. */
  #prediction: Prediction | null;
  #completed: Message | null = null;
  #sending: Sending | null = null;
  #timer: Timer | null = null;
  #lastReason = 'the server stopped before';
  #hasWarned = false;

  constructor(target: WebhookTarget, prediction: Prediction, parts: SeriesParts) {
    this.#parts = parts;
    this.#target = target;
    this.#prediction = prediction;
    prediction.retain();
    this.#status = new StateMachine(`webhooks of ${prediction.id}`, SERIES_NEXT, 'quiet');
    this.#fields = { prediction: prediction.id, webhook: target.url.origin };
  }

  happen(event: SeriesEvent): void {
    const { clock, random, intervalMs, backlog } = this.#parts;
    const [state, action] = step(this.#state, event, {
      now: clock.monotonic(),
      random: random(),
      events: this.#target.events,
      intervalMs,
      hasRoom: backlog.hasRoomFor(this.#prediction?.bytes ?? 0),
    });
    this.#state = state;
    if (state.status !== this.#status.current) this.#status.move(state.status);
    this.#do(action);
  }

  abandon(): void {
    this.happen({ type: 'abandoned' });
  }

  #do(action: SeriesAction): void {
    if (action.type === 'none') return;
    this.#timer?.cancel();
    this.#timer = null;
    switch (action.type) {
      case 'wait':
        this.#timer = this.#parts.clock.after(action.ms, () => this.happen({ type: 'due' }));
        return;
      case 'report':
        return this.#report();
      case 'complete':
        return this.#complete();
      case 'finish':
        return this.#finish(action.how);
    }
  }

  #report(): void {
    const { clock, backlog } = this.#parts;
    const begun = clock.monotonic();
    const message = this.#build();
    const length = message === null ? 0 : bytesOf(message);
    this.happen({ type: 'built', ms: clock.monotonic() - begun, bytes: length });
    if (message === null) return this.happen({ type: 'answered', answer: { type: 'refused' } });
    backlog.holdReport(length);
    this.#send(message, () => {
      backlog.releaseReport(length);
      release(message);
    });
  }

  #complete(): void {
    if (this.#completed === null) {
      this.#completed = this.#build();
      this.#forget();
      if (this.#completed === null) return this.happen({ type: 'answered', answer: { type: 'refused' } });
      this.#parts.backlog.add(this, bytesOf(this.#completed));
    }
    this.#send(this.#completed, () => {});
  }

  #send(message: Message, onSettled: () => void): void {
    this.#sending?.cut();
    const sending = this.#parts.sender.send(this.#target, message);
    this.#sending = sending;
    void sending.delivery.then((delivery) => {
      onSettled();
      // One that was cut has been replaced or is not waited for any more.
      if (this.#sending !== sending) return;
      this.#sending = null;
      this.#note(delivery);
      this.happen({ type: 'answered', answer: delivery.answer });
    });
  }

  /** Null where the object cannot be told in one text. */
  #build(): Message | null {
    if (this.#prediction === null) return null;
    try {
      const body = composeJson(predictionObject(this.#prediction, 'full'));
      const id = `msg_${generatePredictionId(this.#parts.clock.now())}`;
      return { id, body: typeof body === 'string' ? Buffer.from(body) : body };
    } catch (error) {
      this.#lastReason = 'its prediction is too large for one request';
      this.#parts.log.error({ ...this.#fields, error }, 'the body of a webhook could not be built');
      return null;
    }
  }

  #note({ answer, reason }: Delivery): void {
    if (answer.type === 'accepted') return;
    this.#lastReason = reason;
    // Reports come often, and their loss is made good by the next; a receiver that is down is told once.
    const level = this.#hasWarned ? 'debug' : 'warn';
    this.#hasWarned = true;
    this.#parts.log[level](
      { ...this.#fields, reason, tries: this.#state.tries },
      'a webhook was not accepted',
    );
  }

  #finish(how: 'done' | 'undelivered'): void {
    this.#sending?.cut();
    this.#sending = null;
    this.#parts.backlog.remove(this);
    if (how === 'undelivered') {
      const fields = { ...this.#fields, tries: this.#state.tries, reason: this.#lastReason };
      this.#parts.log.error(fields, 'the webhook for the end of a prediction was not delivered');
    }
    this.#forget();
    if (this.#completed !== null) release(this.#completed);
    this.#completed = null;
    this.#parts.onOver();
  }

  #forget(): void {
    this.#prediction?.release();
    this.#prediction = null;
  }
}

function bytesOf({ body }: Message): number {
  return Buffer.isBuffer(body) ? body.length : body.bytes;
}

/** Lets go of what it has on disk. */
function release({ body }: Message): void {
  if (!Buffer.isBuffer(body)) body.release();
}
