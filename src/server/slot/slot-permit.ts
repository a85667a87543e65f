// One permit: sends its prediction, passes on what comes back, and goes back to its slot when both the terminal
// message and the idle token were seen. It never outlives the worker: lost() ends it whatever state it is in.
import { assert, assertNever } from '../../base/assert.ts';
import type { Timer } from '../../base/clock.ts';
import { StateMachine } from '../../base/state-machine.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type { PredictionId, SlotIndex, WorkerIndex } from '../../protocol/ids.ts';
import type { Attach, SlotEvent, SpilledInput, TerminalEvent } from '../../protocol/slot-messages.ts';
import { discardPayload, fitsInline, spillInput } from '../../protocol/spill.ts';
import { StoredInput } from '../payload/stored-input.ts';
import type { Permit, PredictionRequest, SlotObserver, SlotOutcome } from './permit.ts';
import { filePayload, inlinePayload, predictLine } from './predict-line.ts';
import { CANCELED, canceledByWorkerEnd, failedWith } from './slot-outcome.ts';
import type { SlotFault, SlotOwner } from './slot-owner.ts';
import { PERMIT_TRANSITIONS, RUN_TRANSITIONS } from './status.ts';

/** The slot as its permit sees it. */
export interface PermitSlot {
  readonly index: SlotIndex;
  readonly owner: SlotOwner;
  sendLine(line: string): void;
  /** The terminal message came, the idle token did not yet. */
  settling(): void;
  /** May be used again. */
  free(): void;
  poison(fault: SlotFault): void;
}

export class SlotPermit implements Permit {
  readonly #slot: PermitSlot;
  readonly #run: number;
  readonly #status = new StateMachine('permit', PERMIT_TRANSITIONS, 'in_use');
  readonly #phase = new StateMachine('prediction on its slot', RUN_TRANSITIONS, 'unused');
  #request: PredictionRequest | null = null;
  #observer: SlotObserver | null = null;
  #idleSeen = false;
  #cancelAsked = false;
  #cancelAskedTick = 0;
  /** Why run() can't succeed any more: the worker went away before it was called. */
  #lost: SlotOutcome | null = null;
  #cancelTimer: Timer | null = null;
  #idleTimer: Timer | null = null;

  /** `run` numbers the permits of a slot. */
  constructor(slot: PermitSlot, run: number) {
    this.#slot = slot;
    this.#run = run;
  }

  get worker(): WorkerIndex {
    return this.#slot.owner.index;
  }

  get slot(): SlotIndex {
    return this.#slot.index;
  }

  /** The prediction that the worker has and has not ended; null where there is none. */
  get runningId(): PredictionId | null {
    return this.#phase.current === 'running' ? (this.#request?.id ?? null) : null;
  }

  run(request: PredictionRequest, observer: SlotObserver): void {
    assert(this.#phase.current === 'unused', 'a permit runs one prediction');
    this.#phase.move('preparing');
    this.#request = request;
    this.#observer = observer;
    const lost = this.#lost;
    if (lost !== null) return queueMicrotask(() => this.#end(lost));
    if (this.#cancelAsked) return this.#refuse(CANCELED);
    const { input } = request;
    if (input instanceof StoredInput)
      return void this.#spill(request, (directory) => input.handOver(directory));
    let text: string;
    try {
      text = JSON.stringify(input);
    } catch (cause) {
      // V8 refuses strings above half a gigabyte; nothing else can fail on parsed JSON.
      return this.#refuse(failed('PAWL_INPUT_INVALID', 'the input is too large to be encoded', cause));
    }
    if (fitsInline(text)) this.#send(request, inlinePayload(text));
    else void this.#spill(request, (directory) => spillInput(text, directory));
  }

  cancel(): void {
    if (this.#cancelAsked || this.#phase.current === 'ended') return;
    this.#cancelAsked = true;
    this.#cancelAskedTick = this.#slot.owner.clock.monotonic();
    if (this.#phase.current !== 'unused') this.#pursueCancel();
  }

  release(): void {
    if (this.#status.current !== 'in_use') return;
    assert(this.#phase.current === 'unused', 'a permit that was used goes back by itself');
    this.#phase.move('ended');
    this.#free();
  }

  /** A message of the slot socket. False when it belongs to another prediction. */
  receive(event: Exclude<SlotEvent, Attach>): boolean {
    const { current } = this.#phase;
    if (current !== 'running' || event.id !== this.#request?.id) return false;
    if (event.type === 'log' || event.type === 'output' || event.type === 'metric') this.#report(event);
    else {
      const outcome = this.#outcomeOf(event);
      if (event.idle) this.#idleSeen = true;
      this.#report(event);
      this.#terminal(outcome);
    }
    return true;
  }

  /** The idle token. False when it is for another prediction, or a second one. */
  idle(id: PredictionId): boolean {
    const { current } = this.#phase;
    const expected = current === 'running' || current === 'ended';
    if (!expected || id !== this.#request?.id || this.#idleSeen) return false;
    if (this.#status.current !== 'in_use') return false;
    this.#idleSeen = true;
    if (current === 'ended') {
      this.#idleTimer?.cancel();
      this.#free();
      return true;
    }
    // The channels are independent, so the token may come first; but then the terminal message is on its way.
    this.#idleTimer = this.#slot.owner.clock.after(limit('idleTokenMs'), () => {
      const detail = `slot ${this.slot} is idle, but prediction ${id} never ended`;
      this.#end(failed('PAWL_PROTOCOL', `the worker misbehaved: ${detail}`));
      this.#slot.poison({ kind: 'protocol', detail });
    });
    return true;
  }

  /** Ends the prediction before the worker is gone: it is the one that broke the protocol. */
  fail(outcome: SlotOutcome): void {
    if (this.#phase.current !== 'unused') this.#end(outcome);
  }

  /** The slot will never run anything again. */
  poisoned(): void {
    this.#idleTimer?.cancel();
    if (this.#status.current === 'in_use') this.#status.move('poisoned');
  }

  /** The worker is gone; a prediction without a terminal message ends like this. */
  lost(outcome: SlotOutcome): void {
    this.poisoned();
    if (this.#phase.current === 'unused') this.#lost = outcome;
    else this.#end(outcome);
  }

  /** Ends a prediction that the worker never heard of; never inside run(), which promises to return first. */
  #refuse(outcome: SlotOutcome): void {
    queueMicrotask(() => {
      if (this.#phase.current === 'ended') return;
      if (this.#status.current === 'in_use') this.#free();
      this.#end(outcome);
    });
  }

  #send(request: PredictionRequest, payload: string): boolean {
    let line: string;
    try {
      line = predictLine(request, this.#run, payload);
    } catch (error) {
      if (!(error instanceof PawlError)) throw error;
      this.#refuse(failedWith(error));
      return false;
    }
    this.#phase.move('running');
    // On a closed socket nothing is sent and nothing is lost: the slot is poisoned then, and lost() follows.
    this.#slot.sendLine(line);
    return true;
  }

  async #spill(
    request: PredictionRequest,
    write: (directory: string) => Promise<SpilledInput>,
  ): Promise<void> {
    const { workDir } = this.#slot.owner;
    try {
      const payload = await write(workDir);
      if (this.#phase.current === 'preparing' && !this.#cancelAsked) {
        if (this.#send(request, filePayload(payload))) return;
      } else if (this.#phase.current === 'preparing') {
        this.#refuse(CANCELED);
      }
      await discardPayload(payload);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const text = `the input could not be written to the work directory ${workDir}: ${reason}`;
      if (this.#phase.current === 'preparing') this.#refuse(failed('PAWL_WORK_DIR', text, cause));
    }
  }

  #pursueCancel(): void {
    const { owner } = this.#slot;
    if (this.#phase.current === 'running') owner.sendCancel(this.slot, this.#run);
    const ms = owner.cancelKillMs;
    this.#cancelTimer = owner.clock.after(ms, () => {
      this.#end(canceledByWorkerEnd(this.#cancelMs()));
      this.#slot.poison({ kind: 'cancel_ignored', slot: this.slot, ms });
    });
  }

  #cancelMs(): number {
    return this.#slot.owner.clock.monotonic() - this.#cancelAskedTick;
  }

  #outcomeOf(event: TerminalEvent): SlotOutcome {
    const { predictMs } = event;
    switch (event.type) {
      case 'succeeded':
        return { status: 'succeeded', output: event.output, predictMs };
      case 'failed':
        return { status: 'failed', error: event.error, issues: event.issues, predictMs };
      case 'canceled':
        return { status: 'canceled', predictMs, cancel: { stage: event.stage, ms: this.#cancelMs() } };
      default:
        return assertNever(event);
    }
  }

  #terminal(outcome: SlotOutcome): void {
    this.#idleTimer?.cancel();
    if (this.#status.current === 'in_use') {
      // Freed first: whoever reads the outcome may want the slot for the next prediction at once.
      if (this.#idleSeen) this.#free();
      else this.#awaitIdle();
    }
    this.#end(outcome);
  }

  #awaitIdle(): void {
    const ms = limit('idleTokenMs');
    this.#idleTimer = this.#slot.owner.clock.after(ms, () => {
      this.#slot.poison({ kind: 'no_idle_token', slot: this.slot, ms });
    });
    this.#slot.settling();
  }

  #end(outcome: SlotOutcome): void {
    if (this.#phase.current === 'ended') return;
    this.#phase.move('ended');
    this.#cancelTimer?.cancel();
    const observer = this.#observer;
    this.#observer = null;
    try {
      observer?.onEnd(outcome);
    } catch (error) {
      this.#observerFailed(error);
    }
  }

  #free(): void {
    this.#status.move('released');
    this.#slot.free();
  }

  #report(event: Exclude<SlotEvent, Attach>): void {
    try {
      if (event.type === 'log') this.#observer?.onLog(event.stream, event.data);
      else if (event.type === 'output') this.#observer?.onOutput(event);
      else if (event.type === 'metric') this.#observer?.onMetric(event);
      else if (event.usage !== null) this.#observer?.onUsage(event.usage);
    } catch (error) {
      this.#observerFailed(error);
    }
  }

  /** A defect of an observer costs its own prediction, never the slot. */
  #observerFailed(error: unknown): void {
    const fields = { worker: this.worker, slot: this.slot, prediction: this.#request?.id ?? null, error };
    this.#slot.owner.logger.error(fields, 'what a prediction reported could not be applied');
  }
}

function failed(
  code: 'PAWL_PROTOCOL' | 'PAWL_WORK_DIR' | 'PAWL_INPUT_INVALID',
  text: string,
  cause?: unknown,
): SlotOutcome {
  return failedWith(new PawlError(code, text, { cause }));
}
