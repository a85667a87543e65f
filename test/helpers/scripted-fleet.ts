// A fleet without processes: a test says what its workers are doing and what each prediction reports.
import type { Json, JsonObject } from '../../src/base/json.ts';
import { PawlError } from '../../src/errors.ts';
import type { PredictorDescription } from '../../src/protocol/control-messages.ts';
import { asSlotIndex, asWorkerIndex } from '../../src/protocol/ids.ts';
import type { InputIssue } from '../../src/protocol/slot-messages.ts';
import { StoredInput } from '../../src/server/payload/stored-input.ts';
import type { Permit, PredictionRequest, SlotObserver, SlotPool } from '../../src/server/slot/permit.ts';
import { failedWith } from '../../src/server/slot/slot-outcome.ts';
import type { Fleet, FleetStatus, SetupReport } from '../../src/server/supervisor/fleet.ts';

/** One prediction on a slot, as the test drives it. */
export class ScriptedRun {
  readonly request: PredictionRequest & { readonly input: JsonObject };
  /** Straight to the prediction, for outputs with files. */
  readonly observer: SlotObserver;
  isCanceled = false;
  isOver = false;
  readonly #slots: ScriptedSlots;

  constructor(request: PredictionRequest, observer: SlotObserver, slots: ScriptedSlots) {
    const { input } = request;
    if (input instanceof StoredInput) throw new Error('a scripted run takes inputs in memory');
    this.request = { ...request, input };
    this.observer = observer;
    this.#slots = slots;
  }

  log(data: string): void {
    this.observer.onLog('stdout', data);
  }

  metric(name: string, value: Json, mode: 'replace' | 'increment' | 'append' = 'replace'): void {
    this.observer.onMetric({ type: 'metric', id: this.request.id, name, value, mode });
  }

  output(kind: 'value' | 'chunk', value: Json, index = 0): void {
    const { id } = this.request;
    this.observer.onOutput({ type: 'output', id, kind, index, payload: { in: 'message', value }, files: [] });
  }

  succeed(value: Json = null, predictMs = 12): void {
    this.output('value', value);
    this.end({ status: 'succeeded', output: 'value', predictMs });
  }

  succeedAsList(predictMs = 12): void {
    this.end({ status: 'succeeded', output: 'list', predictMs });
  }

  fail(
    name: string,
    message: string,
    code: PawlError['code'] = 'PAWL_PREDICT_FAILED',
    issues: readonly InputIssue[] = [],
  ): void {
    this.end({ status: 'failed', error: { name, message, stack: null, code }, issues, predictMs: 5 });
  }

  cancel(): void {
    this.end({ status: 'canceled', predictMs: 3, cancel: { stage: 'signal', ms: 1 } });
  }

  /** Its slot is gone with its worker. */
  endLost(): void {
    this.isOver = true;
    this.observer.onEnd(failedWith(new PawlError('PAWL_WORKER_CRASHED', 'killed')));
  }

  end(outcome: Parameters<SlotObserver['onEnd']>[0]): void {
    this.isOver = true;
    this.#slots.ended();
    this.observer.onEnd(outcome);
  }
}

export class ScriptedSlots implements SlotPool {
  readonly runs: ScriptedRun[] = [];
  /** How a slot becomes free: with the end of its prediction, or only when the test calls settle(). */
  freeing: 'at once' | 'later' = 'at once';
  settling = 0;
  #capacity: number;
  #taken = 0;
  #onFree: () => void = () => {};

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** More slots, or with a negative number fewer. */
  add(count: number): void {
    this.#capacity += count;
    this.#onFree();
  }

  get available(): number {
    return Math.max(0, this.#capacity - this.#taken);
  }

  /** All of them, with their workers. */
  lose(): void {
    this.#capacity = 0;
    this.#taken = 0;
    this.settling = 0;
  }

  tryAcquire(): Permit | null {
    if (this.available === 0) return null;
    this.#taken++;
    let run: ScriptedRun | null = null;
    return {
      worker: asWorkerIndex(0),
      slot: asSlotIndex(0),
      run: (request, observer) => {
        run = new ScriptedRun(request, observer, this);
        this.runs.push(run);
      },
      cancel: () => {
        if (run !== null) run.isCanceled = true;
      },
      release: () => this.#free(),
    };
  }

  onFree(listener: () => void): void {
    this.#onFree = listener;
  }

  /** A prediction has sent its terminal message. */
  ended(): void {
    if (this.freeing === 'at once') this.#free();
    else this.settling++;
  }

  /** One slot that has ended its prediction is free. */
  settle(): void {
    this.settling--;
    this.#free();
  }

  #free(): void {
    this.#taken--;
    this.#onFree();
  }
}

export class ScriptedFleet implements Fleet {
  status: FleetStatus = 'starting';
  readonly slots: ScriptedSlots;
  setup: SetupReport = { status: 'starting', startedAt: 0, completedAt: null, logs: '' };
  predictor: PredictorDescription | null = null;
  failure: PawlError | null = null;
  checkHealth: () => Promise<string | null> = () => Promise.resolve(null);
  readonly #listeners = new Set<() => void>();

  constructor(capacity = 1) {
    this.slots = new ScriptedSlots(capacity);
  }

  /** All at once, as the real one: READY is never seen without its document. */
  becomeReady(document: JsonObject = {}, has: { train?: boolean; healthcheck?: boolean } = {}): void {
    this.predictor = { document, hasTrain: has.train === true, hasHealthcheck: has.healthcheck === true };
    this.setup = { status: 'succeeded', startedAt: 0, completedAt: 1_000, logs: 'loaded\n' };
    this.become('ready');
  }

  become(status: FleetStatus, failure: PawlError | null = null): void {
    this.status = status;
    this.failure = failure;
    for (const listener of this.#listeners) listener();
  }

  /** The run that began last. */
  get run(): ScriptedRun {
    const run = this.slots.runs.at(-1);
    if (run === undefined) throw new Error('no prediction was run');
    return run;
  }

  start(): void {}

  described(): Promise<PredictorDescription> {
    return new Promise(() => {});
  }

  settledStart(): Promise<void> {
    return Promise.resolve();
  }
  healthcheck(): Promise<string | null> {
    return this.checkHealth();
  }
  async stop(): Promise<void> {
    this.become('stopped');
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
