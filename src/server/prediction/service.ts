// Takes, finds, cancels and drains predictions: the only owner of the table of predictions. Knows nothing of HTTP.
import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { type Deferred, deferred } from '../../base/deferred.ts';
import type { Json } from '../../base/json.ts';
import type { Logger } from '../../base/log.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type { Mode, PredictorDescription } from '../../protocol/control-messages.ts';
import type { PredictionId } from '../../protocol/ids.ts';
import type { CancelStage } from '../../protocol/slot-messages.ts';
import { Journal, type JournalBounds } from '../stream/journal.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import { Admission } from './admission.ts';
import type { PageStart } from './creation-order.ts';
import type { PredictionEvent, PredictionObserver } from './events.ts';
import type { InputFiles } from './input-files.ts';
import { LargeInput } from './large-input.ts';
import type { OutputDelivery } from './output-delivery.ts';
import { Prediction } from './prediction.ts';
import { generatePredictionId } from './prediction-id.ts';
import type { PredictionSetting } from './prediction-spec.ts';
import { compilePredictorSchema, type PredictorSchema } from './predictor-schema.ts';
import { notReady } from './readiness.ts';
import { type Page, Registry } from './registry.ts';

export interface ServiceParts {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly delivery: OutputDelivery;
  readonly files: InputFiles;
  /** The mode of the server: with `train` there are only trainings. */
  readonly mode: Mode;
  readonly retention: number;
  /** How many may wait for a slot. */
  readonly queue: number;
  readonly cancelKillMs: number;
  readonly predictTimeoutMs: number | null;
  readonly streamHistory: JournalBounds;
}

export interface Submission {
  /** Null has one generated. */
  readonly id: PredictionId | null;
  readonly mode: Mode;
  /** As the client sent it; one that is too large for memory was checked elsewhere. */
  readonly input: Json | LargeInput;
  readonly context: { readonly [key: string]: string };
  /** Headers of its request, such as `traceparent`, that go with what is sent to other servers for it. */
  readonly trace: { readonly [header: string]: string };
  /** Attached before the first event. */
  readonly observers: readonly PredictionObserver[];
  /** It is canceled when it has not ended by then; null: never. */
  readonly cancelAfterMs: number | null;
  /** Called once it is known under its id, before its first event. */
  readonly onCreated?: (prediction: Prediction) => void;
}

export type Attached = { readonly prediction: Prediction; readonly isNew: boolean };

export class PredictionService {
  readonly #parts: ServiceParts;
  readonly #registry: Registry;
  readonly #admission: Admission;
  readonly #setting: PredictionSetting;
  /** Predictions that more than the request which created them was told of. */
  readonly #shared = new WeakSet<Prediction>();
  #schema: PredictorSchema | null = null;
  #described: PredictorDescription | null = null;
  #isDraining = false;
  readonly #cancelStages: Record<CancelStage, number> = {
    signal: 0,
    interrupt: 0,
    terminate: 0,
    kill: 0,
    worker: 0,
  };
  #drained: Deferred<void> | null = null;

  constructor(parts: ServiceParts) {
    const { fleet, clock, log, delivery, files, predictTimeoutMs } = parts;
    this.#parts = parts;
    this.#registry = new Registry(parts.retention);
    this.#admission = new Admission(fleet.slots, clock, parts.queue);
    this.#setting = {
      clock,
      log,
      delivery,
      files,
      predictTimeoutMs,
      onSlotLeft: (prediction) => this.#admission.left(prediction),
      onCompleted: (prediction) => this.#completed(prediction),
    };
    fleet.onChange(() => this.#onFleetChange());
    this.#adoptSchema();
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** How many predictions each stage has stopped since the start. */
  get cancelStages(): Readonly<Record<CancelStage, number>> {
    return this.#cancelStages;
  }

  get liveCount(): number {
    return this.#registry.liveCount;
  }

  /** How many of them wait for a slot. */
  get queuedCount(): number {
    return this.#admission.queuedCount;
  }

  /** What GET /openapi.json shows; null before it is known. */
  get predictor(): PredictorDescription | null {
    return this.#described;
  }

  /** What inputs are checked with now; null while there is none. */
  get schema(): PredictorSchema | null {
    return this.#schema;
  }

  /** Can predictions be read as event streams? False while that is not known. */
  get streams(): boolean {
    return this.#schema?.streams === true;
  }

  /** Why no prediction is taken now; null when predictions are. */
  readiness(): PawlError | null {
    const { fleet, clock } = this.#parts;
    return notReady(fleet, this.#schema === null, this.#isDraining, clock.now());
  }

  /** Does the server run this kind at all? Null while that is not known. */
  offers(mode: Mode): boolean | null {
    if (this.#parts.mode === 'train') return mode === 'train';
    return mode === 'predict' ? true : (this.#described?.hasTrain ?? null);
  }

  /**
   * Takes a new prediction: it runs at once or waits for its slot. Rejects with the PawlError that says why not; an id
   * in use is PAWL_ID_IN_USE.
   */
  async submit(submission: Submission): Promise<Prediction> {
    return this.take(submission);
  }

  /** The same, for who can take a throw: most requests need no promise. */
  take(submission: Submission): Prediction {
    const { id } = submission;
    if (id !== null && this.#registry.find(id) !== null) throw idInUse(id);
    return this.#create(submission);
  }

  /** The prediction of that id, taken now unless it is known. Atomic: however many ask, it runs once. */
  async submitOrAttach(submission: Submission & { readonly id: PredictionId }): Promise<Attached> {
    return this.takeOrAttach(submission);
  }

  takeOrAttach(submission: Submission & { readonly id: PredictionId }): Attached {
    const { id, mode } = submission;
    const known = this.#registry.find(id);
    if (known === null) return { prediction: this.#create(submission), isNew: true };
    if (known.mode !== mode) throw idInUse(id);
    this.#shared.add(known);
    return { prediction: known, isNew: false };
  }

  find(mode: Mode, id: PredictionId): Prediction | null {
    const prediction = this.#registry.find(id);
    return prediction?.mode === mode ? prediction : null;
  }

  page(mode: Mode, start: PageStart, count: number): Page {
    return this.#registry.page(mode, start, count);
  }

  /** Null when there is nothing to cancel: the id is unknown, or the prediction has ended. */
  cancel(mode: Mode, id: PredictionId): Prediction | null {
    const prediction = this.find(mode, id);
    return prediction?.cancel() === true ? prediction : null;
  }

  /** Forgets a finished prediction before its time, where its request was answered as refused and no other was. */
  forget(prediction: Prediction): void {
    if (!this.#shared.has(prediction)) this.#registry.forget(prediction);
  }

  /** Forgets what has finished: the server answers nobody any more. */
  close(): void {
    this.#registry.clear();
  }

  /** Takes nothing new, waits `graceMs` for what runs, then cancels it. Resolves when nothing runs any more. */
  async drain(graceMs: number): Promise<void> {
    this.#isDraining = true;
    if (this.#registry.liveCount === 0) return;
    this.#drained ??= deferred();
    if (graceMs > 0) await this.#within(graceMs, this.#drained.promise);
    // The newest first: those that wait for a slot, so that none of them still gets one.
    for (const prediction of this.#registry.live().toReversed()) prediction.cancel();
    await this.#within(this.#parts.cancelKillMs + limit('idleTokenMs'), this.#drained.promise);
    const left = this.#registry.liveCount;
    if (left > 0) this.#parts.log.warn({ left }, 'predictions did not end after their cancel');
  }

  // In one go, without waiting for anything: no other request can come between a check and what follows from it.
  #create(submission: Submission): Prediction {
    const schema = this.#ready();
    const { mode } = submission;
    const given = submission.input;
    const input = given instanceof LargeInput ? given.checkedWith(schema) : schema.check[mode](given);
    this.#admission.check(input.bytes);
    const id = submission.id ?? generatePredictionId(this.#parts.clock.now());
    const { streamHistory } = this.#parts;
    const isStreamed = mode === 'predict' && schema.streams;
    const journal = isStreamed ? new Journal<PredictionEvent>(streamHistory) : null;
    const { context, trace, observers, cancelAfterMs } = submission;
    const spec = { id, mode, input, context, trace, observers, journal, cancelAfterMs };
    const prediction = new Prediction(spec, this.#setting);
    this.#registry.add(prediction);
    if (given instanceof LargeInput) given.taken();
    submission.onCreated?.(prediction);
    this.#admission.enter(prediction);
    return prediction;
  }

  #ready(): PredictorSchema {
    const refusal = this.readiness();
    if (refusal !== null) throw refusal;
    assert(this.#schema !== null, 'a service that is ready knows its predictor');
    return this.#schema;
  }

  #onFleetChange(): void {
    this.#adoptSchema();
    const { status } = this.#parts.fleet;
    if (status !== 'defunct' && status !== 'stopped') return;
    const refusal = this.readiness();
    if (refusal === null) return;
    for (const prediction of this.#registry.live()) prediction.abandon(refusal);
  }

  #adoptSchema(): void {
    const { predictor } = this.#parts.fleet;
    if (predictor === null || predictor === this.#described) return;
    const isSame = JSON.stringify(predictor) === JSON.stringify(this.#described);
    this.#described = predictor;
    // A worker that was started again reports what the one before reported: compiling takes a while.
    if (isSame) return;
    this.#schema = compilePredictorSchema(predictor);
    const { error } = this.#schema;
    if (error !== null) this.#parts.log.error({ error }, error.message);
  }

  #completed(prediction: Prediction): void {
    const { cancelReport } = prediction;
    if (cancelReport !== null) {
      const { stage, ms } = cancelReport;
      this.#cancelStages[stage] += 1;
      this.#parts.log.info({ prediction: prediction.id, stage, ms }, 'a prediction was stopped');
    }
    this.#registry.finish(prediction);
    if (this.#registry.liveCount === 0) this.#drained?.resolve();
  }

  async #within(ms: number, event: Promise<void>): Promise<void> {
    const timeout = deferred();
    const timer = this.#parts.clock.after(ms, timeout.resolve);
    await Promise.race([event, timeout.promise]);
    timer.cancel();
  }
}

function idInUse(id: PredictionId): PawlError {
  return new PawlError('PAWL_ID_IN_USE', `the id ${id} is in use; PUT attaches to it, POST needs another id`);
}
