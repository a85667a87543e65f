// One prediction: its status, log, output, metrics and observers. Moves only on what its slot reports or on a
// cancel; knows nothing of HTTP, of other predictions, or of how its answer is delivered.
import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Logger } from '../../base/log.ts';
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
import type { CheckedInput } from './input-check.ts';
import type { HeldFiles, InputFiles } from './input-files.ts';
import { LogBuffer } from './log-buffer.ts';
import { Metrics } from './metrics.ts';
import { OutputAssembly } from './output-assembly.ts';
import type { OutputDelivery } from './output-delivery.ts';
import { PredictionTimes } from './prediction-times.ts';
import { PREDICTION_NEXT, type PredictionStatus } from './status.ts';
import { decide, type PredictionFailure, type Verdict } from './verdict.ts';

export interface PredictionSpec {
  readonly id: PredictionId;
  readonly mode: Mode;
  readonly input: CheckedInput;
  readonly context: { readonly [key: string]: string };
  /** Headers of its request, such as `traceparent`, that go with what is sent to other servers for it. */
  readonly trace: { readonly [header: string]: string };
  readonly observers: readonly PredictionObserver[];
  /** Records every event, for readers of the event stream; null where there can be none. */
  readonly journal: Journal<PredictionEvent> | null;
  /** From its creation; null: it may take as long as it likes. */
  readonly cancelAfterMs: number | null;
}

/** Where it stands among those that wait for a slot. */
export interface Place {
  /** From 1; null where a slot is about to be free for it. */
  readonly position: number | null;
  /** Milliseconds; null where nothing has been measured that it could be told from. */
  readonly estimatedWaitMs: number | null;
  leave(): void;
}

export interface PredictionSetting {
  readonly clock: Clock;
  readonly log: Logger;
  readonly delivery: OutputDelivery;
  readonly files: InputFiles;
  /** Null: a prediction may run for ever. */
  readonly predictTimeoutMs: number | null;
  /** Its slot is done with it; what it has put out may still be on its way. */
  readonly onSlotLeft: (prediction: Prediction) => void;
  /** Called once, after the observers have seen `completed`. */
  readonly onCompleted: (prediction: Prediction) => void;
}

export class Prediction implements SlotObserver {
  readonly id: PredictionId;
  readonly mode: Mode;
  readonly logs = new LogBuffer();
  readonly times: PredictionTimes;
  readonly #spec: PredictionSpec;
  readonly #setting: PredictionSetting;
  readonly #status: StateMachine<PredictionStatus>;
  readonly #output: OutputAssembly;
  /** From its creation to its end. */
  readonly #files: HeldFiles;
  readonly #metrics = new Metrics();
  #observers: PredictionObserver[];
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
    this.#spec = spec;
    this.#setting = setting;
    this.#observers = [...spec.observers];
    this.#files = setting.files.hold(spec.input.value);
    this.times = new PredictionTimes(setting.clock);
    this.#status = new StateMachine<PredictionStatus>(`prediction ${spec.id}`, PREDICTION_NEXT, 'starting');
    this.#output = new OutputAssembly({
      context: { id: spec.id, trace: spec.trace },
      delivery: setting.delivery,
      events: {
        onItem: (index, value) => this.#emit({ type: 'output', index, value }),
        onFailure: (error) => this.#failOutput(error),
      },
    });
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
  get journal(): Journal<PredictionEvent> | null {
    return this.#spec.journal;
  }
  /** As clients may see it: secrets are masked. */
  get shownInput(): JsonObject | StoredValue {
    return this.#spec.input.shown;
  }
  /** Undefined while there is none. */
  get output(): Shown | undefined {
    return this.status === 'succeeded' ? this.#final : this.#output.partial;
  }
  /** Do stored values stand in what it shows? Where none do, JSON.stringify is all it takes. */
  get hasStored(): boolean {
    return this.#output.hasStored || this.shownInput instanceof StoredValue;
  }
  get metrics(): JsonObject {
    return this.#metrics.object;
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
    const events = this.#spec.journal?.bytes ?? 0;
    return this.#spec.input.bytes + this.logs.bytes + this.#output.bytes + events;
  }

  /** Whoever shows it after its end holds it until then: what it has on disk stays. */
  retain(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#output.release();
    if (this.shownInput instanceof StoredValue) this.shownInput.release();
  }

  /** Returns the unsubscriber. */
  observe(observer: PredictionObserver): () => void {
    this.#observers.push(observer);
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer);
    };
  }

  /** Until start(). */
  wait(place: Place): void {
    this.#place = place;
  }

  /** Runs it on the slot. The permit is used up. */
  start(permit: Permit): void {
    this.#status.move('processing');
    this.#place = null;
    this.#permit = permit;
    this.times.started();
    this.#emit({ type: 'start' });
    for (const line of this.#spec.input.warnings) this.onLog('stderr', `${line}\n`);
    const { id, mode, context, input } = this.#spec;
    const ms = this.#setting.predictTimeoutMs;
    if (ms !== null) this.times.deadline(ms, () => this.#timedOut(ms));
    permit.run({ id, mode, input: input.value, files: this.#files.files, context }, this);
  }

  /** Acknowledges a cancel: from here on the end can only be `canceled`. False when it has already ended. */
  cancel(): boolean {
    if (this.isTerminal) return false;
    this.#verdict = 'canceled';
    this.#canceledTick ??= this.#setting.clock.monotonic();
    this.#output.abort();
    if (this.#permit === null) this.#finish(CANCELED);
    else this.#permit.cancel();
    return true;
  }

  /** Ends it where it waits for a slot that will never come. */
  abandon(error: PawlError): void {
    if (this.status === 'starting') this.#finish(failedWith(error));
  }

  onLog(stream: OutputStream, data: string): void {
    this.logs.append(data);
    if (data.trim() !== '') {
      this.#setting.log.info({ prediction: this.id, stream }, data.endsWith('\n') ? data.slice(0, -1) : data);
    }
    this.#emit({ type: 'log', stream, data });
  }

  onOutput(output: Output): void {
    this.#output.receive(output);
  }

  onMetric(metric: Metric): void {
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
    const pending = this.#output.settled();
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

  #failOutput(error: PawlError): void {
    this.#verdict ??= { code: error.code, text: error.message, issues: [] };
    this.#permit?.cancel();
  }

  #finish(outcome: SlotOutcome): void {
    this.#place?.leave();
    this.#place = null;
    this.#files.release();
    const { value } = this.#spec.input;
    if (value instanceof StoredInput) value.discard();
    const end = decide(outcome, this.#verdict);
    this.#cancelReport = this.#whatStopped(outcome);
    if (end === 'succeeded')
      this.#final = this.#output.final(outcome.status === 'succeeded' ? outcome.output : 'value');
    else if (end !== 'canceled') this.#failure = end;
    this.times.completed(outcome.predictMs);
    this.#status.move(typeof end === 'string' ? end : 'failed');
    this.#permit = null;
    this.#emit({ type: 'completed' });
    this.#observers = [];
    this.#setting.onCompleted(this);
  }

  /** What the worker did about a cancel; where it had nothing to do any more, such as during an upload, the signal. */
  #whatStopped(outcome: SlotOutcome): CancelReport | null {
    const reported = outcome.status === 'canceled' ? outcome.cancel : null;
    if (reported !== null || this.#canceledTick === null || this.#permit === null) return reported;
    return { stage: 'signal', ms: this.#setting.clock.monotonic() - this.#canceledTick };
  }

  #emit(event: PredictionEvent): void {
    const { journal } = this.#spec;
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
