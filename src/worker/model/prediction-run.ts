// One prediction on the model thread: input in, task called, whatever it returns delivered, exactly one end.
import { rm } from 'node:fs/promises';
import { isObject } from '../../base/json.ts';
import { StateMachine } from '../../base/state-machine.ts';
import { PawlError } from '../../errors.ts';
import type { GuardResult } from '../../native/native-api.ts';
import { CancelationError } from '../../predictor/cancelation.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import type { PredictionId, SlotIndex } from '../../protocol/ids.ts';
import type { Failed, InputIssue, Predict, Succeeded, TerminalEvent } from '../../protocol/slot-messages.ts';
import { unpackPayload } from '../../protocol/spill.ts';
import { newsTokenOf, tokenOf } from '../token.ts';
import { wireError } from '../wire-error.ts';
import { runCancelCallbacks } from './cancel-callbacks.ts';
import { isCollected } from './collected.ts';
import { prepareInput } from './input/prepare.ts';
import type { Task } from './loaded-predictor.ts';
import { MetricRecorder } from './metrics.ts';
import { type Origin, origins } from './origin.ts';
import { deliver } from './output/deliver.ts';
import { PredictionScope } from './prediction-scope.ts';
import type { RunParts, Spent } from './run-parts.ts';
import type { UsageMark } from './usage-meter.ts';
import { userStack } from './user-stack.ts';

/** ending: the outcome is known; cancel callbacks run and the temporary directory is removed. */
type RunStatus = 'preparing' | 'running' | 'ending' | 'ended';

const NEXT = {
  preparing: ['running', 'ending'],
  running: ['ending'],
  ending: ['ended'],
  ended: [],
} as const satisfies Record<RunStatus, readonly RunStatus[]>;

const REMOVE = { recursive: true, force: true, maxRetries: 3, retryDelay: 20 } as const;

type Outcome = Pick<Succeeded, 'type' | 'output'> | Pick<Failed, 'type' | 'error' | 'issues'>;

export class PredictionRun implements Origin {
  readonly id: PredictionId;
  readonly at: { readonly slot: SlotIndex; readonly run: number };
  readonly scope: PredictionScope;
  readonly #request: Predict;
  readonly #task: Task;
  readonly #parts: RunParts;
  readonly #metrics: MetricRecorder;
  readonly #status = new StateMachine<RunStatus>('run', NEXT, 'preparing');
  /** Null until predict() is called. */
  #began: { readonly tick: number; readonly mark: UsageMark } | null = null;
  /** All of the run's own waiting: nothing else may refer to it, and the run only until it may be lost. */
  #work: Promise<unknown> | WeakRef<Promise<unknown>> | null = null;
  /** The value that predict() returned, to be sent with the end that follows it at once; empty where there is none. */
  #held = '';

  constructor(slot: SlotIndex, request: Predict, task: Task, parts: RunParts) {
    const at = { slot, run: request.run };
    this.id = request.id;
    this.at = at;
    this.#request = request;
    this.#task = task;
    this.#parts = parts;
    this.#metrics = new MetricRecorder((metric) => this.#send({ type: 'metric', id: this.id, ...metric }));
    this.scope = new PredictionScope({
      id: request.id,
      state: parts.state,
      context: Object.freeze(request.context),
      metrics: this.#metrics,
      tempDirPath: `${parts.workDir}/p${at.slot}-${at.run}`,
      isCanceled: () => this.#isCanceled,
      bind:
        (fn) =>
        (...args) =>
          origins.run(this, () => fn(...args)),
    });
  }

  get isActive(): boolean {
    return this.#status.current !== 'ended';
  }

  /** The outcome is known: nothing changes it any more. */
  get #isOver(): boolean {
    return this.#status.current === 'ending' || this.#status.current === 'ended';
  }

  get #isCanceled(): boolean {
    return this.#parts.shared.isCanceled(this.at.slot, this.at.run);
  }

  captureFd(stream: OutputStream): number {
    return this.#parts.captureFds[stream];
  }

  start(): void {
    origins.run(this, () => {
      const work = this.#execute();
      this.#work = work;
      work.then(
        (output) => this.#end({ type: 'succeeded', output }),
        (error: unknown) => this.#failed(error, []),
      );
    });
  }

  /**
   * The cancel flag in shared memory is set already; this is the news for code that waits for events. Listeners run as
   * the prediction: with several slots nobody could tell otherwise whose log they write to.
   */
  cancel(): void {
    if (this.isActive) origins.run(this, () => this.#abort());
  }

  /**
   * It was canceled, and did not end in its grace. Where nothing alive can settle what predict() waits for, none of its
   * code behind that can ever run again, and it is over: an await that never settles need not cost the worker.
   */
  async endIfLost(): Promise<void> {
    if (this.#isOver || this.#work === null) return;
    // Not before: to keep a weak reference costs a microsecond, and collections of garbage more.
    if (!(this.#work instanceof WeakRef)) this.#work = new WeakRef(this.#work);
    if (await isCollected(this.#work)) this.#failed(new CancelationError(), []);
  }

  /** A canceled run ends when predict() does: what it stops by may reject, and the slot must not be free meanwhile. */
  fail(error: unknown): void {
    if (!this.isActive) return;
    if (this.#isCanceled) this.#logFailure(error);
    else this.#failed(error, []);
  }

  guarded<T>(call: () => T): T {
    this.#parts.beforeUserCode();
    const result = this.#parts.interruption.guarded(tokenOf(this.at), call);
    if (!result.interrupted) return result.value;
    // The news of the cancel waits behind the code that blocked; whoever catches this must find the signal aborted.
    this.#abort();
    throw new CancelationError();
  }

  /** Calls what a cancel is told to. */
  #tell<T>(call: () => T): GuardResult<T> {
    return this.#parts.interruption.guarded(newsTokenOf(this.at), call);
  }

  /** A listener that blocks is ended like everything else of the run. */
  #abort(): void {
    this.#tell(() => this.scope.abort());
  }

  async #execute(): Promise<'value' | 'list'> {
    const raw = await unpackPayload(this.#request.input);
    this.scope.throwIfCanceled();
    if (!isObject(raw)) throw new PawlError('PAWL_INPUT_INVALID', 'input must be a JSON object');
    const input = await prepareInput(raw, this.#task.input, {
      given: this.#request.files,
      tempDir: () => this.scope.tempDir,
      signal: () => this.scope.signal,
      // A schema may hold code of the user's.
      enter: (check) => this.guarded(check),
      ...this.#parts.inputSetting,
    });
    if (!input.ok) {
      this.#failed(new PawlError('PAWL_INPUT_INVALID', describeIssues(input.issues)), input.issues);
      return 'value';
    }
    this.scope.throwIfCanceled();
    this.#status.move('running');
    this.#began = { tick: performance.now(), mark: this.#parts.usage.begin(this.at) };
    const returned = this.guarded(() => this.#task.call(input.value, this.scope));
    return deliver(returned, {
      id: this.id,
      schema: this.#task.output,
      outputDir: () => this.#parts.outputDir(),
      tempDir: () => (this.scope.hasTempDir ? this.scope.tempDir : null),
      signal: () => this.scope.signal,
      throwIfCanceled: () => this.scope.throwIfCanceled(),
      // A generator's body runs in the context of whoever calls next(), which must be this prediction's.
      enter: (fn) => origins.run(this, () => this.guarded(fn)),
      sendLine: (line, isLast) => {
        if (isLast && this.isActive) this.#held = line;
        else this.#sendLine(line);
      },
    });
  }

  #failed(error: unknown, issues: readonly InputIssue[]): void {
    if (this.#isOver) return;
    this.#logFailure(error);
    this.#end({ type: 'failed', error: wireError(error, 'PAWL_PREDICT_FAILED'), issues });
  }

  #logFailure(error: unknown): void {
    if (error instanceof PawlError || isCancelation(error)) return;
    this.#parts.writeLog('stderr', userStack(error), this);
  }

  /** The first end wins; what comes later from the same work is detached. */
  #end(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#status.move('ending');
    const spent = this.#spent();
    const isCanceled = this.#isCanceled;
    const event = isCanceled ? null : { ...outcome, id: this.id, ...spent, idle: true };
    if (!isCanceled && !this.scope.hasTempDir) return this.#finish(event, spent);
    this.#sendHeld();
    void this.#cleanUp(isCanceled).then(() => this.#finish(event, spent));
  }

  async #cleanUp(isCanceled: boolean): Promise<void> {
    const report = (error: unknown) => this.#parts.writeLog('stderr', userStack(error), this);
    if (isCanceled) {
      const guard = <T>(call: () => T) => this.#tell(call);
      const { clock } = this.#parts;
      await runCancelCallbacks(this.scope.takeCancelCallbacks(), { clock, guard, report });
    }
    // What its background work still writes there may come between; the worker's own end takes the rest.
    if (this.scope.hasTempDir) await rm(this.scope.tempDir, REMOVE).catch(report);
  }

  #finish(event: TerminalEvent | null, spent: Spent): void {
    this.#metrics.close();
    this.#status.move('ended');
    this.#parts.ended(this, event, { ...spent, held: this.#held });
    this.#held = '';
  }

  #spent(): Spent {
    if (this.#began === null) return { predictMs: 0, usage: null };
    const { tick, mark } = this.#began;
    return { predictMs: performance.now() - tick, usage: this.#parts.usage.end(mark) };
  }

  #send(message: object): void {
    this.#sendLine(this.#parts.encode(message));
  }

  #sendLine(line: string): void {
    this.#sendHeld();
    if (this.isActive) this.#parts.sendLine(this.at.slot, line);
  }

  #sendHeld(): void {
    const line = this.#held;
    this.#held = '';
    if (line !== '') this.#parts.sendLine(this.at.slot, line);
  }
}

/** Also what Node's own functions throw when scope.signal aborts them. Nobody needs the stack of a cancel. */
function isCancelation(error: unknown): boolean {
  if (error instanceof CancelationError) return true;
  return error instanceof Error && error.cause instanceof CancelationError;
}

function describeIssues(issues: readonly InputIssue[]): string {
  return issues.map(({ path, message }) => `input.${path.join('.')}: ${message}`).join('; ');
}
