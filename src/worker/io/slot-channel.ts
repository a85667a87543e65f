// One slot of this worker, as the I/O thread has it: its socket to the server, which it only writes to, and the prediction
// that it carries. What it says of that holds while this thread has the slots in hand (worker/slot-board.ts).
import { StateMachine } from '../../base/state-machine.ts';
import { Connection } from '../../protocol/connection.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { PredictionId, SlotIndex } from '../../protocol/ids.ts';
import type { Carrier } from '../../protocol/outbox.ts';
import type { Attach, Failed, Log, Predict } from '../../protocol/slot-messages.ts';
import type { SharedState } from '../shared-state.ts';
import type { SlotBoard } from '../slot-board.ts';
import { SlotSocket } from '../slot-socket.ts';

type SlotChannelStatus = 'connecting' | 'open' | 'closed';

const NEXT = {
  connecting: ['open', 'closed'],
  open: ['closed'],
  closed: [],
} as const satisfies Record<SlotChannelStatus, readonly SlotChannelStatus[]>;

export interface SlotChannelEvents {
  onAttached(): void;
  /** The kernel has everything that was written so far. */
  onQuiet(): void;
  onClosed(reason: Error | null): void;
}

export interface SlotChannelParts {
  readonly path: string;
  readonly token: string;
  readonly shared: Pick<SharedState, 'cancel' | 'isCanceled'>;
  readonly board: SlotBoard;
}

export class SlotChannel implements Carrier {
  readonly index: SlotIndex;
  readonly #parts: SlotChannelParts;
  readonly #events: SlotChannelEvents;
  readonly #socket = new SlotSocket();
  readonly #connection: Connection;
  readonly #status: StateMachine<SlotChannelStatus>;
  /** Number of the last run of which something went out on this socket: more must not overtake it on another one. */
  #spokenIn = 0;
  /** How many writes the kernel has not taken yet. */
  #underWay = 0;

  constructor(index: SlotIndex, parts: SlotChannelParts, events: SlotChannelEvents) {
    this.index = index;
    this.#parts = parts;
    this.#events = events;
    this.#status = new StateMachine(`slot ${index}`, NEXT, 'connecting');
    this.#socket.connect(parts.path, () => {
      const attach: Attach = { type: 'attach', slot: index, token: parts.token };
      this.#connection.send(attach);
      this.#status.move('open');
      events.onAttached();
    });
    // The model thread reads it.
    this.#socket.pause();
    this.#connection = new Connection(this.#socket, {
      onLine: () => {},
      onClose: (reason) => {
        this.#status.move('closed');
        events.onClosed(reason);
      },
    });
  }

  /** The prediction this slot carries, null when it is free. */
  get id(): PredictionId | null {
    return this.#parts.board.isBusy(this.index) ? this.#parts.board.id(this.index) : null;
  }

  get isBusy(): boolean {
    return this.#parts.board.isBusy(this.index);
  }

  /** The prediction that ended here last; what background work writes later is its. */
  get lastId(): PredictionId | null {
    return this.#parts.board.id(this.index);
  }

  /** Number of the current or last run, 1 for the first. */
  get run(): number {
    return this.#parts.board.run(this.index);
  }

  /** Of its socket. */
  get fd(): number {
    return this.#socket.fd;
  }

  get isQuiet(): boolean {
    return this.#underWay === 0;
  }

  /** Whether its end may go out on the socket of another slot. */
  get isSilent(): boolean {
    return this.#spokenIn !== this.run;
  }

  /** On its own socket. */
  write(lines: string, onTaken?: () => void): void {
    this.#spokenIn = this.run;
    this.#underWay += 1;
    this.#connection.sendLine(lines, () => {
      this.#underWay -= 1;
      onTaken?.();
      if (this.#underWay === 0) this.#events.onQuiet();
    });
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
    if (run < this.run || (run === this.run && !this.isBusy)) return false;
    this.#parts.shared.cancel(this.index, run);
    return run === this.run;
  }

  /** Run number `run` is over, and the slot is free. False where it is not the current one: it was ended before. */
  end(run: number): boolean {
    return this.#parts.board.end(this.index, run);
  }

  /** False where the slot is busy, which the server is told. */
  begin({ id, run }: Pick<Predict, 'id' | 'run'>): boolean {
    if (this.isBusy) {
      this.#refuse(id);
      return false;
    }
    this.#parts.board.begin(this.index, run, id);
    return true;
  }

  /** Whether its run was canceled, be it before it came. */
  get isCanceled(): boolean {
    return this.#parts.shared.isCanceled(this.index, this.run);
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
    this.write(encodeFrame(failed));
  }
}
