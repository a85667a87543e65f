// One prediction: its status, log, output, metrics and observers. Moves only on what its slot reports or on a
// cancel; knows nothing of HTTP, of other predictions, or of how its answer is delivered.
import { assert } from '../../base/assert.ts';
import type { JsonObject } from '../../base/json.ts';
import { StateMachine } from '../../base/state-machine.ts';
import type { PawlError } from '../../errors.ts';
import type { Mode, OutputStream } from '../../protocol/control-messages.ts';
import type { PredictionId } from '../../protocol/ids.ts';
import type { Metric, Output, Usage } from '../../protocol/slot-messages.ts';
import { StoredInput } from '../payload/stored-input.ts';
import { type Shown, StoredValue } from '../payload/stored-value.ts';
import type { CancelReport, Permit, SlotObserver, SlotOutcome } from '../slot/permit.ts';
import { CANCELED, failedWith } from '../slot/slot-outcome.ts';
import type { Journal } from '../stream/journal.ts';
import { eventBytes, type PredictionEvent, type PredictionObserver } from './events.ts';
import type { HeldFiles } from './input-files.ts';
import { LogBuffer } from './log-buffer.ts';
import { Metrics } from './metrics.ts';
import { type AssemblyEvents, OutputAssembly } from './output-assembly.ts';
import type { Place, PredictionSetting, PredictionSpec } from './prediction-spec.ts';
import { PredictionTimes } from './prediction-times.ts';
import { PREDICTION_NEXT, type PredictionStatus } from './status.ts';
import { decide, type PredictionFailure, type Verdict, whatStopped } from './verdict.ts';

const START: PredictionEvent = { type: 'start' };
const COMPLETED: PredictionEvent = { type: 'completed' };
const NOBODY: readonly never[] = [];
const NO_LOGS = new LogBuffer();
const NO_METRICS: JsonObject = {};

// The newest ended ones are kept, and a server ends thousands in a second: what most of them do not have is made when it
// is needed, and what only a live one needs is let go at its end.
export class Prediction implements SlotObserver, AssemblyEvents {
  readonly id: PredictionId;
  readonly mode: Mode;
  readonly times: PredictionTimes;
  /** As clients may see it: secrets are masked. */
  readonly shownInput: JsonObject | StoredValue;
  /** Records its events; null where there can be no readers of them. */
  readonly journal: Journal<PredictionEvent> | null;
  readonly #inputBytes: number;
  readonly #setting: PredictionSetting;
  readonly #status = new StateMachine<PredictionStatus>('prediction', PREDICTION_NEXT, 'starting');
  /** Null once it has ended. */
  #spec: PredictionSpec | null;
  /** From its creation to its end. */
  #files: HeldFiles | null;
  /** Null before the first output, and where nothing of it is needed any more. */
  #output: OutputAssembly | null = null;
  #outputBytes = 0;
  #logs: LogBuffer | null = null;
  #metrics: Metrics | null = null;
  #observers: readonly PredictionObserver[];
  #waiting: readonly (() => void)[] = NOBODY;
  #permit: Permit | null = null;
  #place: Place | null = null;
  #cancelReport: CancelReport | null = null;
  /** When the first cancel was acknowledged, by the monotonic clock. */
  #canceledTick: number | null = null;
  #usage: Usage | null = null;
  #metricsWarned = false;
  /** Wins over what the slot reports: an acknowledged cancel, or an output that could not be delivered. */
  #verdict: Verdict = null;
  #final: Shown | undefined;
  #failure: PredictionFailure | null = null;
  /** Those that may still show it to somebody; whoever keeps it by its id is the first. */
  #holders = 1;

  constructor(spec: PredictionSpec, setting: PredictionSetting) {
    this.id = spec.id;
    this.mode = spec.mode;
    this.shownInput = spec.input.shown;
    this.journal = spec.journal;
    this.#inputBytes = spec.input.bytes;
    this.#spec = spec;
    this.#setting = setting;
    this.#observers = spec.observers;
    this.#files = setting.files.hold(spec.input.value);
    this.times = new PredictionTimes(setting.clock);
    const ms = spec.cancelAfterMs;
    if (ms !== null) this.times.deadline(ms, () => this.#cancelLate(ms));
  }

  get status(): PredictionStatus {
    return this.#status.current;
  }
  get isTerminal(): boolean {
    return this.#status.isTerminal;
  }
  get failure(): PredictionFailure | null {
    return this.#failure;
  }
  /** Undefined while there is none. */
  get output(): Shown | undefined {
    return this.isTerminal ? this.#final : this.#output?.partial;
  }
  get logs(): LogBuffer {
    return this.#logs ?? NO_LOGS;
  }
  /** Do stored values stand in its input or output? The log may always be one. */
  get hasStored(): boolean {
    return this.#output?.hasStored === true || this.shownInput instanceof StoredValue;
  }
  get metrics(): JsonObject {
    return this.#metrics?.object ?? NO_METRICS;
  }
  /** Null unless it waits for a slot. */
  get place(): Place | null {
    return this.#place;
  }
  /** What it cost; null before the end, and where the worker could not say. */
  get usage(): Usage | null {
    return this.#usage;
  }
  /** What stopped it, where it was canceled or timed out while it ran. */
  get cancelReport(): CancelReport | null {
    return this.#cancelReport;
  }
  /** Roughly what it holds in memory. */
  get bytes(): number {
    const events = this.journal?.bytes ?? 0;
    return this.#inputBytes + this.logs.bytes + (this.#output?.bytes ?? this.#outputBytes) + events;
  }

  /** Whoever shows it after its end holds it until then: what it has on disk stays. */
  retain(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#output?.release();
    if (this.shownInput instanceof StoredValue) this.shownInput.release();
  }

  /** Returns the unsubscriber. */
  observe(observer: PredictionObserver): () => void {
    this.#observers = [...this.#observers, observer];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer);
    };
  }

  /** Calls `fn` once it has ended and everybody else has heard of it. Must not be called after the end. */
  onceEnded(fn: () => void): void {
    this.#waiting = [...this.#waiting, fn];
  }

  /** Until start(). */
  wait(place: Place): void {
    this.#place = place;
  }

  /** Runs it on the slot. The permit is used up. */
  start(permit: Permit): void {
    const spec = this.#live();
    this.#status.move('processing', this.id);
    this.#place = null;
    this.#permit = permit;
    this.times.started();
    this.#emit(START);
    for (const line of spec.input.warnings) this.onLog('stderr', `${line}\n`);
    const ms = this.#setting.predictTimeoutMs;
    if (ms !== null) this.times.deadline(ms, () => this.#timedOut(ms));
    const { id, mode, context, input } = spec;
    permit.run({ id, mode, input: input.value, files: this.#files?.files ?? NOBODY, context }, this);
  }

  /** Acknowledges a cancel: from here on the end can only be `canceled`. False when it has already ended. */
  cancel(): boolean {
    if (this.isTerminal) return false;
    this.#verdict = 'canceled';
    this.#canceledTick ??= this.#setting.clock.monotonic();
    this.#output?.abort();
    if (this.#permit === null) this.#finish(CANCELED);
    else this.#permit.cancel();
    return true;
  }

  /** Ends it where it waits for a slot that will never come. */
  abandon(error: PawlError): void {
    if (this.status === 'starting') this.#finish(failedWith(error));
  }

  onLog(stream: OutputStream, data: string): void {
    this.#logs ??= new LogBuffer();
    this.#logs.append(data);
    if (data.trim() !== '') {
      this.#setting.log.info({ prediction: this.id, stream }, data.endsWith('\n') ? data.slice(0, -1) : data);
    }
    this.#emit({ type: 'log', stream, data });
  }

  onOutput(output: Output): void {
    const { delivery } = this.#setting;
    this.#output ??= new OutputAssembly({ context: this.#live(), delivery, events: this });
    this.#output.receive(output);
  }

  onItem(index: number, value: Shown): void {
    if (this.journal !== null || this.#observers.length > 0) this.#emit({ type: 'output', index, value });
  }

  onFailure(error: PawlError): void {
    this.#verdict ??= { code: error.code, text: error.message, issues: [] };
    this.#permit?.cancel();
  }

  onMetric(metric: Metric): void {
    this.#metrics ??= new Metrics();
    if (this.#metrics.record(metric)) return this.#emit({ type: 'metric', metric });
    if (this.#metricsWarned) return;
    this.#metricsWarned = true;
    this.onLog('stderr', `Ignoring metric "${metric.name}" and later ones: too much was recorded\n`);
  }

  onUsage(usage: Usage): void {
    this.#usage = usage;
  }

  onEnd(outcome: SlotOutcome): void {
    this.#setting.onSlotLeft(this);
    const pending = this.#output?.settled() ?? null;
    if (pending === null) this.#finish(outcome);
    else void pending.then(() => this.#finish(outcome));
  }

  /** Stopped like a canceled one; a cancel that is acknowledged meanwhile still decides the end. */
  #timedOut(ms: number): void {
    const text = `the prediction ran longer than ${ms / 1000} s (--predict-timeout)`;
    this.#verdict ??= { code: 'PAWL_PREDICT_TIMEOUT', text, issues: [] };
    this.#permit?.cancel();
  }

  /** The deadline that its request gave it. Whatever has decided its end before wins. */
  #cancelLate(ms: number): void {
    if (this.#verdict !== null) return;
    this.onLog('stderr', `Canceled: it has not ended within ${ms / 1000} s (Cancel-After)\n`);
    this.cancel();
  }

  #finish(outcome: SlotOutcome): void {
    this.#place?.leave();
    this.#place = null;
    this.#files?.release();
    this.#files = null;
    const { value } = this.#live().input;
    if (value instanceof StoredInput) value.discard();
    const end = decide(outcome, this.#verdict);
    const sinceTick = this.#permit === null ? null : this.#canceledTick;
    this.#cancelReport = whatStopped(outcome, sinceTick, this.#setting.clock);
    this.#final = end === 'succeeded' ? this.#whole(outcome) : this.#output?.partial;
    if (typeof end !== 'string') this.#failure = end;
    this.times.completed(outcome.predictMs);
    this.#status.move(typeof end === 'string' ? end : 'failed', this.id);
    this.#permit = null;
    this.#emit(COMPLETED);
    const waiting = this.#waiting;
    this.#letGo();
    this.#setting.onCompleted(this);
    for (const fn of waiting) fn();
  }

  #whole(outcome: SlotOutcome): Shown {
    const kind = outcome.status === 'succeeded' ? outcome.output : 'value';
    return this.#output?.final(kind) ?? (kind === 'list' ? [] : null);
  }

  /** What is stored on disk stays with the output until it is released. */
  #letGo(): void {
    this.#spec = null;
    this.#observers = NOBODY;
    this.#waiting = NOBODY;
    if (this.#output === null || this.#output.hasStored) return;
    this.#outputBytes = this.#output.bytes;
    this.#output = null;
  }

  #live(): PredictionSpec {
    assert(this.#spec !== null, 'a prediction that has ended does nothing more');
    return this.#spec;
  }

  #emit(event: PredictionEvent): void {
    const { journal } = this;
    journal?.append(event, eventBytes(event));
    if (event.type === 'completed') journal?.seal();
    for (const observer of this.#observers) {
      try {
        observer(event, this);
      } catch (error) {
        this.#setting.log.error({ prediction: this.id, event: event.type, error }, 'an observer failed');
      }
    }
  }
}
