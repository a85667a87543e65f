// One slot of this worker: its socket to the server, the prediction it carries, and cancels that came too early.
import net from 'node:net';
import { StateMachine } from '../../base/state-machine.ts';
import { type Carried, readCarried } from '../../protocol/carried.ts';
import { Connection } from '../../protocol/connection.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import { decodeSlotRequest } from '../../protocol/decode.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { PredictionId, SlotIndex } from '../../protocol/ids.ts';
import type { Carrier } from '../../protocol/outbox.ts';
import type { Attach, Failed, Log } from '../../protocol/slot-messages.ts';
import type { SharedState } from '../shared-state.ts';

type SlotChannelStatus = 'connecting' | 'free' | 'busy' | 'closed';

const NEXT = {
  connecting: ['free', 'closed'],
  free: ['busy', 'closed'],
  busy: ['free', 'closed'],
  closed: [],
} as const satisfies Record<SlotChannelStatus, readonly SlotChannelStatus[]>;

export interface SlotChannelEvents {
  onAttached(): void;
  /** A prediction was taken; `line` asks for it, and it is the model thread's turn. */
  onPredict(slot: SlotChannel, line: string, isCanceled: boolean): void;
  /** A line for another slot of the worker. A throw closes the connection. */
  onCarried(carried: Carried): void;
  onClosed(reason: Error | null): void;
}

export class SlotChannel implements Carrier {
  readonly index: SlotIndex;
  readonly #shared: SharedState;
  readonly #events: SlotChannelEvents;
  readonly #connection: Connection;
  readonly #status: StateMachine<SlotChannelStatus>;
  /** Number of a run that was canceled before it arrived; 0 where there is none. */
  #early = 0;
  #id: PredictionId | null = null;
  #lastId: PredictionId | null = null;
  #run = 0;
  /** Something of the current run went out on this socket: what follows must not overtake it on another one. */
  #hasSpoken = false;

  constructor(
    index: SlotIndex,
    target: { readonly path: string; readonly token: string },
    shared: SharedState,
    events: SlotChannelEvents,
  ) {
    this.index = index;
    this.#shared = shared;
    this.#events = events;
    this.#status = new StateMachine(`slot ${index}`, NEXT, 'connecting');
    const socket = net.connect(target.path, () => {
      const attach: Attach = { type: 'attach', slot: index, token: target.token };
      this.#connection.send(attach);
      this.#status.move('free');
      events.onAttached();
    });
    this.#connection = new Connection(socket, {
      onLine: (line) => {
        const carried = readCarried(line);
        if (carried === null) this.receive(line);
        else events.onCarried(carried);
      },
      onClose: (reason) => {
        this.#status.move('closed');
        events.onClosed(reason);
      },
    });
  }

  /** The prediction this slot carries, null when it is free. */
  get id(): PredictionId | null {
    return this.#id;
  }

  /** The prediction that ended here last; what background work writes later is its. */
  get lastId(): PredictionId | null {
    return this.#lastId;
  }

  /** Number of the current or last run, 1 for the first. */
  get run(): number {
    return this.#run;
  }

  /** Whether its end may go out on the socket of another slot. */
  get isSilent(): boolean {
    return !this.#hasSpoken;
  }

  /** On its own socket. */
  write(lines: string, onTaken?: () => void): void {
    this.#hasSpoken = true;
    this.#connection.sendLine(lines, onTaken);
  }

  sendLog(id: PredictionId, stream: OutputStream, data: string, onTaken: () => void): void {
    const log: Log = { type: 'log', id, stream, data };
    this.write(encodeFrame(log), onTaken);
  }

  /**
   * Cancels run number `run` if it runs here; remembers it if it is still to come. A run that is over is never asked
   * for again: numbers only grow. True where the run goes on and must be told.
   */
  cancel(run: number): boolean {
    if (run > this.#run) this.#early = run;
    if (run !== this.#run || this.#id === null) return false;
    this.#shared.cancel(this.index, run);
    return true;
  }

  /** Run number `run` is over, and the slot is free. False where it is not the current one: it was ended before. */
  end(run: number): boolean {
    if (this.#status.current !== 'busy' || run !== this.#run) return false;
    this.#lastId = this.#id;
    this.#id = null;
    this.#status.move('free');
    return true;
  }

  close(): void {
    this.#connection.end();
  }

  /** A line for this slot, on whichever socket it came. */
  receive(line: string): void {
    const request = decodeSlotRequest(line);
    if (this.#status.current !== 'free') {
      this.#refuse(request.id);
      return;
    }
    this.#run = request.run;
    this.#hasSpoken = false;
    this.#id = request.id;
    this.#status.move('busy');
    const isCanceled = this.#early === request.run;
    if (isCanceled) this.#shared.cancel(this.index, request.run);
    this.#events.onPredict(this, line, isCanceled);
  }

  #refuse(id: PredictionId): void {
    const message = `slot ${this.index} is busy with another prediction`;
    const failed: Failed = {
      type: 'failed',
      id,
      error: { name: 'PawlError', message, stack: null, code: 'PAWL_PROTOCOL' },
      issues: [],
      predictMs: 0,
      usage: null,
      idle: false,
    };
    this.#connection.send(failed);
  }
}
