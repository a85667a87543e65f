// The thread that never runs user code: it hears cancels, reads captured output and sends both and results to the server,
// while the model thread may be blocked. What a prediction needs none of that for passes it by (standby.ts).
import { assertNever } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { interruptUntilEnded } from '../../native/interrupt-until-ended.ts';
import type { NativeApi } from '../../native/native-api.ts';
import type { Connection } from '../../protocol/connection.ts';
import type { CapturePipes, ControlEvent, ControlRequest, Init } from '../../protocol/control-messages.ts';
import { decodeSlotRequest } from '../../protocol/decode.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { asSlotIndex, type SlotIndex } from '../../protocol/ids.ts';
import type { Canceled } from '../../protocol/slot-messages.ts';
import type { Rung } from '../process-tree/kill-tree.ts';
import { MemorySampler } from '../process-tree/memory-sampler.ts';
import { RunProcesses } from '../process-tree/run-processes.ts';
import type { SharedState } from '../shared-state.ts';
import type { SlotBoard } from '../slot-board.ts';
import type { CanceledRun, ToIo, ToModel } from '../thread-messages.ts';
import { HEALTHCHECK_TOKEN } from '../token.ts';
import { CancelLadder } from './cancel-ladder.ts';
import { Capture } from './capture.ts';
import { Healthchecks } from './healthchecks.ts';
import { SlotChannel } from './slot-channel.ts';
import { SlotSender } from './slot-sender.ts';
import { Standby } from './standby.ts';

export interface IoThreadParts {
  readonly native: NativeApi;
  readonly clock: Clock;
  readonly shared: SharedState;
  readonly board: SlotBoard;
  readonly control: Connection;
  /** Where the server waits for the connections of the slots. */
  readonly slotSocketPath: string;
  readonly toModel: (message: ToModel) => void;
  /** Runs `fn` after what is happening now. */
  readonly defer: (fn: () => void) => void;
  /** Ends the process: a slot socket broke, or the server is gone. */
  readonly slotLost: (reason: Error | null) => void;
}

export class IoThread {
  readonly #parts: IoThreadParts;
  readonly #slots: SlotChannel[] = [];
  readonly #capture: Capture;
  readonly #healthchecks: Healthchecks;
  readonly #sender: SlotSender;
  readonly #standby: Standby<SlotChannel>;
  /** By slot; only where a canceled run goes on. */
  readonly #ladders: (CancelLadder | undefined)[] = [];
  readonly #processes: RunProcesses;
  readonly #memory: MemorySampler;
  #init: Init | null = null;

  constructor(parts: IoThreadParts, pipes: CapturePipes) {
    this.#parts = parts;
    this.#standby = new Standby({
      board: parts.board,
      slots: this.#slots,
      adopt: (slot, beganMs) => this.#began(slot, beganMs),
      leave: ({ index, run }) => this.#memory.ended({ slot: index, run }),
      isEngaged: () => this.#isEngaged,
      isSending: () => !this.#sender.isSettled,
    });
    const send = (event: ControlEvent, onTaken?: () => void) =>
      parts.control.sendLine(encodeFrame(event), onTaken);
    const { native, clock, shared, defer } = parts;
    const whileTaken = (fn: () => void) => this.#standby.whileTaken(fn);
    this.#capture = new Capture(pipes, { native, clock, slots: this.#slots, send, whileTaken });
    this.#sender = new SlotSender({ slots: this.#slots, capture: this.#capture, shared, defer });
    this.#healthchecks = new Healthchecks({
      clock,
      reply: (id, error) => send({ type: 'healthcheck_result', id, error }),
      interrupt: () => interruptUntilEnded(HEALTHCHECK_TOKEN, native, clock),
    });
    this.#processes = new RunProcesses({
      clock: parts.clock,
      shared: parts.shared,
      reap: (pid) => parts.native.reap(pid),
      rootPid: process.pid,
    });
    this.#memory = new MemorySampler({
      clock,
      shared: parts.shared,
      treeOf: (at) => this.#processes.glanceAt(at),
    });
  }

  fromServer(request: ControlRequest): void {
    switch (request.type) {
      case 'init':
        this.#init = request;
        return this.#parts.toModel({ type: 'init', init: request });
      case 'cancel':
        return this.#standby.whileTaken(() => this.#cancel(request.slot, request.run));
      case 'healthcheck':
        this.#healthchecks.requested(request.id);
        return this.#parts.toModel(request);
      case 'shutdown':
        return this.#parts.toModel(request);
      default:
        return assertNever(request);
    }
  }

  fromModel(message: ToIo): void {
    this.#standby.whileTaken(() => {
      if (typeof message === 'string') this.#sender.forward(message);
      else this.#handle(message);
    });
  }

  #handle(message: Exclude<ToIo, string>): void {
    switch (message.type) {
      case 'loaded':
        return this.#attach(message);
      case 'control':
        return this.#control(message);
      case 'arrived':
        return this.#arrived(message.slot, message.line);
      case 'end':
        return this.#end(message);
      case 'slot_lost':
        return this.#slotLost(message.message);
      case 'spawning':
        // What it is told for is done: from now on this thread has the slots, until the run is over.
        return;
      case 'spawned':
        return this.#processes.spawned(message.spawned);
      case 'detached':
        return this.#detached(message);
      case 'read':
        return message.slot === null ? this.#capture.drainProcess() : this.#capture.drain(message.slot);
      case 'healthcheck_started':
        return this.#healthchecks.started(message.id);
      case 'healthcheck_result':
        return this.#healthchecks.finished(message.id, message.error);
      default:
        return assertNever(message);
    }
  }

  /** A line is not over, a canceled run goes on, or one with subprocesses. */
  get #isEngaged(): boolean {
    const { shared } = this.#parts;
    return (
      !this.#capture.isFresh ||
      this.#ladders.some((ladder) => ladder !== undefined) ||
      this.#slots.some(({ isBusy, index, run }) => isBusy && shared.hasSpawned(index, run))
    );
  }

  #attach({ slots: count, pipes, detached }: Extract<ToIo, { type: 'loaded' }>): void {
    const init = this.#init;
    if (init === null) return;
    this.#capture.addDetached(detached);
    const { slotSocketPath, shared, board, toModel } = this.#parts;
    const parts = { path: slotSocketPath, token: init.slotToken, shared, board };
    let waiting = count;
    for (let index = 0; index < count; index += 1) {
      const slot = new SlotChannel(asSlotIndex(index), parts, {
        onAttached: () => {
          waiting -= 1;
          if (waiting === 0) toModel({ type: 'attached', sockets: this.#slots.map(({ fd }) => fd) });
        },
        onQuiet: () => this.#standby.offer(),
        onClosed: (reason) => this.#slotLost(reason?.message ?? null),
      });
      this.#slots.push(slot);
      this.#capture.addSlot(slot, pipes[index]);
      this.#sender.add();
    }
  }

  #slotLost(reason: string | null): void {
    const error = reason ?? 'a slot socket was closed';
    this.#parts.slotLost(new PawlError('PAWL_PROTOCOL', error));
  }

  /** The prediction could not begin without this thread: something may still be in the pipes, or it is canceled. */
  #arrived(index: SlotIndex, line: string): void {
    const slot = this.#slots[index];
    if (slot === undefined) return;
    // What is in the pipes now was written before this prediction, by work that outlived another one.
    this.#capture.settle(index);
    if (!slot.begin(decodeSlotRequest(line))) return;
    this.#began(slot);
    this.#parts.toModel({ type: 'predict', slot: index, line });
    if (slot.isCanceled) this.#climb(slot);
  }

  #began({ index, run }: SlotChannel, beganMs?: number): void {
    this.#processes.began({ slot: index, run }, beganMs);
    this.#memory.began({ slot: index, run });
  }

  #control(message: Extract<ToIo, { type: 'control' }>): void {
    if (message.phase === 'setup') this.#capture.drainProcess();
    else this.#capture.settleProcess();
    if (message.phase === 'serving' && this.#capture.routing.setupEnded())
      this.#processes.setupEnded(this.#slots.length);
    this.#parts.control.sendLine(message.line, () => this.#parts.shared.release(message.bytes));
    if (message.phase !== 'ending') return;
    this.#sender.sendAll();
    this.#parts.control.flush(() => this.#parts.toModel({ type: 'flushed' }));
  }

  #cancel(index: SlotIndex, run: number): void {
    const slot = this.#slots[index];
    if (!slot?.cancel(run) || this.#ladders[index] !== undefined) return;
    this.#parts.toModel({ type: 'cancel', slot: index, run });
    this.#climb(slot);
  }

  #climb({ index, run }: SlotChannel): void {
    const { native, clock } = this.#parts;
    const { cancelGraceMs, cancelTermMs } = this.#init ?? { cancelGraceMs: null, cancelTermMs: 0 };
    const processes = this.#processes;
    const deadlines = { graceMs: cancelGraceMs, termMs: cancelTermMs };
    const endIfLost = () => this.#parts.toModel({ type: 'end_if_lost', slot: index, run });
    const parts = { native, clock, processes, endIfLost, ...deadlines };
    this.#ladders[index] = new CancelLadder({ slot: index, run }, parts);
  }

  #detached({ stream, data, id, bytes }: Extract<ToIo, { type: 'detached' }>): void {
    this.#capture.routing.detached(stream, data, id, () => this.#parts.shared.release(bytes));
  }

  /** What the run has started ends with it, and before it is over: nothing of it may write into the next log. */
  #end(message: Extract<ToIo, { type: 'end' }>): void {
    const { slot, run, held } = message;
    this.#memory.ended({ slot, run });
    this.#ladders[slot]?.end();
    this.#sender.hold(slot, held);
    if (!this.#parts.shared.hasSpawned(slot, run)) return this.#finish(message);
    // What it has put out does not wait for them.
    this.#sender.send(slot);
    void this.#processes
      .end({ slot, run }, this.#endRungs(), 'ended')
      .then(() => this.#standby.whileTaken(() => this.#finish(message)));
  }

  #finish({ slot, run, end }: Extract<ToIo, { type: 'end' }>): void {
    const ladder = this.#ladders[slot];
    // A cancel that came only now has begun to climb.
    ladder?.end();
    this.#ladders[slot] = undefined;
    this.#sender.end(slot, run, typeof end === 'string' ? end : canceledLine(end, ladder));
  }

  #endRungs(): readonly Rung[] {
    return [
      { signal: 'SIGTERM', waitMs: this.#init?.cancelTermMs ?? 0 },
      { signal: 'SIGKILL', waitMs: limit('cancelTermMs') },
    ];
  }
}

function canceledLine(run: CanceledRun, ladder: CancelLadder | undefined): string {
  const stage = ladder?.stage ?? 'signal';
  const cancelMs = ladder?.elapsedMs ?? 0;
  const canceled: Canceled = { type: 'canceled', ...run, stage, cancelMs, idle: true };
  return encodeFrame(canceled);
}
