// Where predictions come in and their ends go out on the model thread: reads the slot sockets, and begins and ends by
// itself what needs nobody else (worker/slot-board.ts). What prints, starts subprocesses, is canceled or sends more than
// its end goes by the I/O thread, which keeps all of that in order.
import { limit } from '../../limits.ts';
import type { NativeApi } from '../../native/native-api.ts';
import { carriedLine, readCarried } from '../../protocol/carried.ts';
import type { CapturePipes } from '../../protocol/control-messages.ts';
import { decodeSlotRequest } from '../../protocol/decode.ts';
import { FrameDecoder } from '../../protocol/frame.ts';
import { asSlotIndex, type SlotIndex } from '../../protocol/ids.ts';
import type { Predict } from '../../protocol/slot-messages.ts';
import type { SharedState } from '../shared-state.ts';
import type { Held, SlotBoard } from '../slot-board.ts';
import type { ToIo } from '../thread-messages.ts';

export interface SlotDeskParts {
  readonly native: Pick<NativeApi, 'hasBytes' | 'tokenInside'>;
  readonly shared: Pick<SharedState, 'isCanceled' | 'hasSpawned' | 'forgetSubprocesses' | 'claim'>;
  readonly board: SlotBoard;
  /** The I/O thread has nothing in its hands that it has not told of. */
  readonly isIoAsleep: () => boolean;
  readonly sockets: SlotSockets;
  /** Runs `fn` in the next turn of the event loop. */
  readonly defer: (fn: () => void) => void;
  readonly toIo: (message: ToIo) => void;
  /** It has begun. */
  readonly start: (slot: SlotIndex, request: Predict) => void;
}

export interface SlotSockets {
  /** `onBytes` gets what came, in memory that is used again, and says whether more is wanted; `onLost` why it ended. */
  listen(fd: number, onBytes: (bytes: Buffer) => boolean, onLost: (reason: string | null) => void): void;
  /** How many of them the kernel took; throws where that is none. */
  write(fd: number, bytes: Buffer): number;
  /** The same for the rest of what was taken in part: waits for the server to read, `ms` long at most. */
  writeRest(fd: number, bytes: Buffer, ms: number): void;
}

export type RunOver = Extract<ToIo, { type: 'end' }>;

interface DeskSlot {
  readonly index: SlotIndex;
  /** Of its socket. */
  readonly fd: number;
  readonly decoder: FrameDecoder;
  /** Read ends of what its predictions may write to. */
  readonly pipes: readonly [number, number, number, number];
  /** Something of its run went by the I/O thread: the rest must not overtake it. */
  hasSpoken: boolean;
}

interface Ended {
  readonly slot: DeskSlot;
  readonly over: RunOver;
  readonly lines: readonly string[];
}

interface Arrived {
  readonly slot: DeskSlot;
  readonly line: string;
  readonly request: Predict;
}

/** no: the I/O thread has to do it. soon: it is only on its way to sleep. */
type Alone = 'done' | 'soon' | 'no';

/** So many turns of the event loop are waited for it. Otherwise one message to it would follow from the other, for ever. */
const TURNS_MAX = 8;
const NEWLINE = 0x0a;

export class SlotDesk {
  readonly #parts: SlotDeskParts;
  #slots: readonly DeskSlot[] = [];
  /** Of this moment, to go out in one write. */
  #ended: Ended[] = [];
  #endedLength = 0;
  /** They begin as soon as the I/O thread sleeps. */
  #waiting: Arrived[] = [];
  /** How many turns in a row were waited for that. */
  #turns = 0;
  #isTurnPlanned = false;

  constructor(parts: SlotDeskParts) {
    this.#parts = parts;
  }

  /** By slot: its socket, and the read ends of its pipes, where it has some of its own. */
  open(sockets: readonly number[], process: CapturePipes, own: readonly CapturePipes[]): void {
    this.#slots = sockets.map((fd, index) => {
      const pipes = own[index] ?? process;
      const slot: DeskSlot = {
        index: asSlotIndex(index),
        fd,
        decoder: new FrameDecoder(),
        pipes: [process.stdout, process.stderr, pipes.stdout, pipes.stderr],
        hasSpoken: false,
      };
      return slot;
    });
    for (const slot of this.#slots) {
      const onBytes = (bytes: Buffer) => this.#read(slot, bytes);
      this.#parts.sockets.listen(slot.fd, onBytes, (reason) => this.#lost(reason));
    }
  }

  /** The I/O thread has begun what it was told of. */
  begun(index: SlotIndex, line: string): void {
    this.#start(this.#slots[index], decodeSlotRequest(line));
  }

  /** By way of the I/O thread. */
  sendLine(slot: SlotIndex, line: string): void {
    const sending = this.#slots[slot];
    if (sending !== undefined) sending.hasSpoken = true;
    this.#parts.shared.claim(line.length);
    this.#parts.toIo(carriedLine(slot, line));
  }

  /** `isAlone`: no other prediction is under way that might end in this moment as well. */
  end(over: RunOver, isAlone: boolean): void {
    const slot = this.#slots[over.slot];
    const { held, end } = over;
    if (slot === undefined || slot.hasSpoken || typeof end !== 'string') return this.#handOver(over);
    const lines = held === '' ? [end] : [held, end];
    const length = held.length + end.length;
    if (length > limit('carriedBytesMax')) return this.#handOver(over);
    this.#ended.push({ slot, over, lines });
    this.#endedLength += length;
    if (isAlone || this.#endedLength >= limit('heldLinesBytesMax')) this.#sendEnded(true);
    else if (this.#ended.length === 1) queueMicrotask(() => this.#sendEnded(true));
  }

  /** Code that may block comes next, or the end of the process: what is over does not wait any longer. */
  flush(): void {
    if (this.#ended.length > 0) this.#sendEnded(false);
  }

  #sendEnded(mayWait: boolean): void {
    const ended = this.#ended;
    if (ended.length === 0) return;
    const outcome = this.#sendNow(ended);
    if (outcome === 'soon' && mayWait && this.#waitATurn()) return;
    this.#ended = [];
    this.#endedLength = 0;
    if (outcome !== 'done') for (const { over } of ended) this.#handOver(over);
  }

  #sendNow(ended: readonly Ended[]): Alone {
    const { board, shared } = this.#parts;
    const first = ended[0];
    if (first === undefined) return 'no';
    const held = this.#hold();
    if (held !== 'held') return held;
    try {
      const isPlain = ({ slot, over }: Ended) =>
        board.carries(slot.index, over.run) && !shared.hasSpawned(slot.index, over.run);
      if (!ended.every(isPlain)) return 'no';
      const quiet = this.#quiet(ended);
      if (quiet !== 'done') return quiet;
      if (!this.#write(first.slot.fd, textOf(ended))) return 'no';
      for (const { slot, over } of ended) board.end(slot.index, over.run);
      return 'done';
    } finally {
      board.letGo();
    }
  }

  /** False where it was waited long enough. */
  #waitATurn(): boolean {
    if (this.#isTurnPlanned) return true;
    if (this.#turns >= TURNS_MAX) return false;
    this.#turns += 1;
    this.#isTurnPlanned = true;
    this.#parts.defer(() => {
      this.#isTurnPlanned = false;
      this.#beginWaiting();
      this.#sendEnded(true);
      if (!this.#isTurnPlanned) this.#turns = 0;
    });
    return true;
  }

  /** Everything that was written so far has been read and dealt with: first what is in the pipes, then whoever reads. */
  #quiet(of: readonly { readonly slot: DeskSlot }[]): Alone {
    const { native, isIoAsleep } = this.#parts;
    if (of.some(({ slot }) => native.hasBytes(...slot.pipes))) return 'no';
    return isIoAsleep() ? 'done' : 'soon';
  }

  /** False where the kernel takes nothing now; the I/O thread waits for it, or finds out what is wrong. */
  #write(fd: number, text: string): boolean {
    const { sockets } = this.#parts;
    const bytes = Buffer.from(text);
    let count = 0;
    try {
      count = sockets.write(fd, bytes);
      if (count < bytes.length) sockets.writeRest(fd, bytes.subarray(count), limit('slotWriteMs'));
    } catch (error) {
      if (count === 0) return false;
      // Nobody can write there any more.
      this.#lost(error instanceof Error ? error.message : String(error));
    }
    return true;
  }

  #handOver(over: RunOver): void {
    if (over.held !== '') this.#parts.shared.claim(over.held.length);
    this.#parts.toIo(over);
  }

  /** False where the server speaks another language: no more is read. */
  #read(from: DeskSlot, bytes: Buffer): boolean {
    const arrived: Arrived[] = [];
    try {
      // The decoder keeps what is not a whole line yet, and the memory is used again.
      const isWhole = bytes[bytes.length - 1] === NEWLINE;
      const lines = from.decoder.push(isWhole ? bytes : Buffer.from(bytes));
      for (const line of lines) arrived.push(this.#arrived(from, line));
    } catch (error) {
      this.#lost(error instanceof Error ? error.message : String(error));
      return false;
    }
    this.#waiting.push(...arrived);
    this.#beginWaiting();
    return true;
  }

  #beginWaiting(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    const begun = this.#beginAll(waiting);
    if (begun === 'soon' && this.#waitATurn()) return;
    this.#waiting = [];
    const alone = typeof begun === 'number' ? begun : 0;
    for (const [at, { slot, line, request }] of waiting.entries()) {
      if (at < alone) this.#start(slot, request);
      else this.#parts.toIo({ type: 'arrived', slot: slot.index, line });
    }
  }

  #arrived(from: DeskSlot, text: string): Arrived {
    const carried = readCarried(text);
    const slot = carried === null ? from : this.#slots[carried.slot];
    if (slot === undefined) throw new Error(`a line is for slot ${carried?.slot}`);
    const line = carried?.line ?? text;
    return { slot, line, request: decodeSlotRequest(line) };
  }

  #lost(message: string | null): void {
    this.#parts.toIo({ type: 'slot_lost', message });
  }

  #start(slot: DeskSlot | undefined, request: Predict): void {
    if (slot === undefined) return;
    slot.hasSpoken = false;
    this.#parts.start(slot.index, request);
  }

  /** Not where an interrupt may come: nothing would ever let go. process.exit() in predict() ends its run there. */
  #hold(): Held {
    return this.#parts.native.tokenInside() === 0 ? this.#parts.board.hold() : 'no';
  }

  /** How many of them have begun, counted from the first; the I/O thread has to begin the others. */
  #beginAll(arrived: readonly Arrived[]): number | 'soon' {
    const { board, shared } = this.#parts;
    const held = this.#hold();
    if (held !== 'held') return held === 'soon' ? held : 0;
    try {
      const quiet = this.#quiet(arrived);
      if (quiet !== 'done') return quiet === 'soon' ? quiet : 0;
      let begun = 0;
      for (const { slot, request } of arrived) {
        if (board.isBusy(slot.index) || shared.isCanceled(slot.index, request.run)) break;
        shared.forgetSubprocesses(slot.index);
        board.begin(slot.index, request.run, request.id);
        begun += 1;
      }
      return begun;
    } finally {
      board.letGo();
    }
  }
}

function textOf(ended: readonly Ended[]): string {
  if (ended.length === 1) return ended[0]?.lines.join('') ?? '';
  let text = '';
  for (const { slot, lines } of ended) {
    for (const line of lines) text += carriedLine(slot.index, line);
  }
  return text;
}
