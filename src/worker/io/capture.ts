// Everything that the worker captures: the pipes of the process, those of the slots, and where what is read goes.
// Decides when a pipe is read only where its caller asks for an order.
import type { Clock } from '../../base/clock.ts';
import type { NativeApi } from '../../native/native-api.ts';
import type { CapturePipes, OutputStream } from '../../protocol/control-messages.ts';
import { CaptureFlow } from './capture-flow.ts';
import { CapturedOutput } from './captured-output.ts';
import { CapturedPair } from './captured-pair.ts';
import type { CapturedStream } from './captured-stream.ts';
import { LogRouting, type SendControl } from './log-routing.ts';
import type { SlotChannel } from './slot-channel.ts';

export interface CaptureParts {
  readonly native: NativeApi;
  readonly clock: Clock;
  /** Filled by its owner. */
  readonly slots: readonly SlotChannel[];
  readonly send: SendControl;
  /** Runs what has text in its hands; see standby.ts. */
  readonly whileTaken: (fn: () => void) => void;
}

export class Capture {
  readonly routing: LogRouting;
  readonly #parts: CaptureParts;
  readonly #flow = new CaptureFlow();
  /** Streams of the process, read for every slot that has none of its own. */
  readonly #processStreams: readonly CapturedStream[];
  /** By slot: what its predictions may have written to. */
  readonly #output: CapturedOutput[] = [];
  /** Whatever may hold text of a prediction. */
  readonly #streams: CapturedStream[] = [];

  constructor(pipes: CapturePipes, parts: CaptureParts) {
    this.#parts = parts;
    this.routing = new LogRouting(parts.slots, parts.send, this.#flow);
    this.#processStreams = this.#captured(pipes, (stream, text) => this.routing.fromProcess(stream, text));
    this.#streams.push(...this.#processStreams);
  }

  /** What subprocesses write that must not reach the log of any prediction. */
  addDetached(pipes: CapturePipes): void {
    this.#captured(pipes, (stream, text) => this.routing.fromDetached(stream, text));
  }

  /** Slots come in the order of their numbers; `pipes` where this one has its own. */
  addSlot(slot: SlotChannel, pipes: CapturePipes | undefined): void {
    const emit = (stream: OutputStream, text: string) => this.routing.fromSlot(slot, stream, text);
    const own = pipes === undefined ? [] : this.#captured(pipes, emit);
    this.#streams.push(...own);
    this.#output.push(new CapturedOutput(this.#parts.native, [...this.#processStreams, ...own]));
  }

  /** Nothing of any line is left from what was read. */
  get isFresh(): boolean {
    return this.#streams.every(({ isFresh }) => isFresh);
  }

  /** Reads what the slot's work has written so far. */
  drain(slot: number): void {
    this.#output[slot]?.drain();
  }

  /** The same to the last byte: what comes next is another's. */
  settle(slot: number): void {
    this.#output[slot]?.settle();
  }

  /** Reads what the process has written so far. */
  drainProcess(): void {
    for (const stream of this.#processStreams) stream.drain();
  }

  settleProcess(): void {
    this.drainProcess();
    for (const stream of this.#processStreams) stream.flush();
  }

  #captured(
    pipes: CapturePipes,
    emit: (stream: OutputStream, text: string) => void,
  ): readonly CapturedStream[] {
    const pair = new CapturedPair(pipes, this.#parts, emit);
    this.#flow.add(pair);
    return pair.streams;
  }
}
