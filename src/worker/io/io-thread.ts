// The thread that owns every channel of the worker and never runs user code: it forwards predictions, cancels and
// results, and reads captured output, while the model thread may be blocked.
import { assertNever } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { interruptUntilEnded } from '../../native/interrupt-until-ended.ts';
import type { NativeApi } from '../../native/native-api.ts';
import { readCarried } from '../../protocol/carried.ts';
import type { Connection } from '../../protocol/connection.ts';
import type { CapturePipes, ControlEvent, ControlRequest, Init } from '../../protocol/control-messages.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { asSlotIndex, type SlotIndex } from '../../protocol/ids.ts';
import { Outbox } from '../../protocol/outbox.ts';
import type { Canceled } from '../../protocol/slot-messages.ts';
import type { Rung } from '../process-tree/kill-tree.ts';
import { MemorySampler } from '../process-tree/memory-sampler.ts';
import { RunProcesses } from '../process-tree/run-processes.ts';
import type { SharedState } from '../shared-state.ts';
import type { CanceledRun, ToIo, ToModel } from '../thread-messages.ts';
import { HEALTHCHECK_TOKEN } from '../token.ts';
import { CancelLadder } from './cancel-ladder.ts';
import { Capture } from './capture.ts';
import { Healthchecks } from './healthchecks.ts';
import { HeldLines } from './held-lines.ts';
import { SlotChannel } from './slot-channel.ts';

export interface IoThreadParts {
  readonly native: NativeApi;
  readonly clock: Clock;
  readonly shared: SharedState;
  readonly control: Connection;
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
  /** By slot. */
  readonly #held: HeldLines[] = [];
  readonly #outbox: Outbox;
  #isSendDue = false;
  /** By slot; only where a canceled run goes on. */
  readonly #ladders: (CancelLadder | undefined)[] = [];
  readonly #processes: RunProcesses;
  readonly #memory: MemorySampler;
  #init: Init | null = null;

  constructor(parts: IoThreadParts, pipes: CapturePipes) {
    this.#parts = parts;
    this.#outbox = new Outbox(parts.defer);
    const send = (event: ControlEvent, onTaken?: () => void) =>
      parts.control.sendLine(encodeFrame(event), onTaken);
    const { native, clock } = parts;
    this.#capture = new Capture(pipes, { native, clock, slots: this.#slots, send });
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
        return this.#cancel(request.slot, request.run);
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
    if (typeof message === 'string') return this.#forward(message);
    switch (message.type) {
      case 'loaded':
        return this.#attach(message);
      case 'control':
        return this.#control(message);
      case 'end':
        return this.#end(message);
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

  #attach({ slots: count, pipes, detached }: Extract<ToIo, { type: 'loaded' }>): void {
    const init = this.#init;
    if (init === null) return;
    this.#capture.addDetached(detached);
    let waiting = count;
    for (let index = 0; index < count; index += 1) {
      const target = { path: init.slotSocketPath, token: init.slotToken };
      const slot = new SlotChannel(asSlotIndex(index), target, this.#parts.shared, {
        onAttached: () => {
          waiting -= 1;
          if (waiting === 0) this.#parts.toModel({ type: 'attached' });
        },
        onPredict: (from, line, isCanceled) => {
          // What is in the pipes now was written before this prediction, by work that outlived another one.
          this.#capture.settle(from.index);
          this.#processes.began({ slot: from.index, run: from.run });
          this.#memory.began({ slot: from.index, run: from.run });
          this.#parts.toModel({ type: 'predict', slot: from.index, line });
          if (isCanceled) this.#climb(from);
        },
        onCarried: ({ slot: other, line }) => {
          const target = this.#slots[other];
          if (target === undefined) throw new PawlError('PAWL_PROTOCOL', `a line is for slot ${other}`);
          target.receive(line);
        },
        onClosed: (reason) => this.#parts.slotLost(reason ?? new Error(`slot socket ${index} was closed`)),
      });
      this.#slots.push(slot);
      this.#capture.addSlot(slot, pipes[index]);
      this.#held.push(new HeldLines(this.#parts.shared));
    }
  }

  #control(message: Extract<ToIo, { type: 'control' }>): void {
    if (message.phase === 'setup') this.#capture.drainProcess();
    else this.#capture.settleProcess();
    if (message.phase === 'serving' && this.#capture.routing.setupEnded())
      this.#processes.setupEnded(this.#slots.length);
    this.#parts.control.sendLine(message.line, () => this.#parts.shared.release(message.bytes));
    if (message.phase === 'ending') this.#sendAll();
    if (message.phase === 'ending') this.#parts.control.flush(() => this.#parts.toModel({ type: 'flushed' }));
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

  /** At once; what comes later in the same turn of the event loop goes out together at its end. */
  #forward(message: string): void {
    const carried = readCarried(message);
    const held = this.#held[carried?.slot ?? -1];
    if (carried === null || held === undefined) return;
    held.add(carried.line);
    if (!this.#isSendDue || held.isFull) this.#sendHeld(carried.slot);
    if (this.#isSendDue) return;
    this.#isSendDue = true;
    this.#parts.defer(() => {
      this.#isSendDue = false;
      for (const slot of this.#slots) this.#sendHeld(slot.index);
    });
  }

  /** The process ends with the next message. */
  #sendAll(): void {
    for (const slot of this.#slots) this.#sendHeld(slot.index);
    this.#outbox.flush();
  }

  /** What the run printed before it came to this output is shown before it. */
  #sendHeld(index: SlotIndex): void {
    const held = this.#held[index];
    if (held === undefined || held.isEmpty) return;
    this.#capture.drain(index);
    const { lines, onTaken } = held.take();
    this.#slots[index]?.write(lines.join(''), onTaken);
  }

  #detached({ stream, data, id, bytes }: Extract<ToIo, { type: 'detached' }>): void {
    this.#capture.routing.detached(stream, data, id, () => this.#parts.shared.release(bytes));
  }

  /** What the run has started ends with it, and before it is over: nothing of it may write into the next log. */
  #end(message: Extract<ToIo, { type: 'end' }>): void {
    const { slot, run } = message;
    this.#memory.ended({ slot, run });
    this.#ladders[slot]?.end();
    if (!this.#parts.shared.hasSpawned(slot, run)) return this.#finish(message);
    if (message.held !== '') this.#held[slot]?.add(message.held);
    // What it has put out does not wait for them.
    this.#sendHeld(slot);
    const rest = { ...message, held: '' };
    void this.#processes.end({ slot, run }, this.#endRungs(), 'ended').then(() => this.#finish(rest));
  }

  /** The order is the guarantee: captured output, terminal line. With that the slot is free. */
  #finish(message: Extract<ToIo, { type: 'end' }>): void {
    const slot = this.#slots[message.slot];
    const held = this.#held[message.slot];
    if (slot === undefined || held === undefined) return;
    if (message.held !== '') held.add(message.held);
    const ladder = this.#ladders[message.slot];
    // A cancel that came only now has begun to climb.
    ladder?.end();
    this.#ladders[message.slot] = undefined;
    this.#capture.settle(message.slot);
    const { lines, onTaken } = held.take();
    if (!slot.end(message.run)) return onTaken?.();
    const { end } = message;
    lines.push(typeof end === 'string' ? end : canceledLine(end, ladder));
    if (slot.isSilent) this.#outbox.send(slot, lines, this.#isIdle, onTaken);
    else slot.write(lines.join(''), onTaken);
  }

  get #isIdle(): boolean {
    return this.#slots.every((slot) => slot.id === null);
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
