// What the model thread hands over for the slot sockets, in order with captured output. Only while this thread has the
// slots in hand.
import { readCarried } from '../../protocol/carried.ts';
import type { SlotIndex } from '../../protocol/ids.ts';
import { Outbox } from '../../protocol/outbox.ts';
import type { SharedState } from '../shared-state.ts';
import type { Capture } from './capture.ts';
import { HeldLines } from './held-lines.ts';
import type { SlotChannel } from './slot-channel.ts';

export interface SlotSenderParts {
  /** Filled by its owner. */
  readonly slots: readonly SlotChannel[];
  readonly capture: Pick<Capture, 'drain' | 'settle'>;
  readonly shared: Pick<SharedState, 'release'>;
  /** Runs `fn` after what is happening now. */
  readonly defer: (fn: () => void) => void;
}

export class SlotSender {
  readonly #parts: SlotSenderParts;
  readonly #outbox: Outbox;
  /** By slot. */
  readonly #held: HeldLines[] = [];
  #isSendDue = false;

  constructor(parts: SlotSenderParts) {
    this.#parts = parts;
    this.#outbox = new Outbox(parts.defer);
  }

  /** Slots come in the order of their numbers. */
  add(): void {
    this.#held.push(new HeldLines(this.#parts.shared));
  }

  /** The kernel has everything that was handed over so far. */
  get isSettled(): boolean {
    if (this.#isSendDue || !this.#outbox.isEmpty) return false;
    return this.#held.every(({ isEmpty }) => isEmpty) && this.#parts.slots.every(({ isQuiet }) => isQuiet);
  }

  /** At once; what comes later in the same turn of the event loop goes out together at its end. */
  forward(message: string): void {
    const carried = readCarried(message);
    const held = this.#held[carried?.slot ?? -1];
    if (carried === null || held === undefined) return;
    held.add(carried.line);
    if (!this.#isSendDue || held.isFull) this.send(carried.slot);
    if (this.#isSendDue) return;
    this.#isSendDue = true;
    this.#parts.defer(() => {
      this.#isSendDue = false;
      for (const slot of this.#parts.slots) this.send(slot.index);
    });
  }

  /** To be sent with what follows; its length is claimed in SharedState. Empty where there is none. */
  hold(index: SlotIndex, line: string): void {
    if (line !== '') this.#held[index]?.add(line);
  }

  /** What the run printed before it came to this output is shown before it. */
  send(index: SlotIndex): void {
    const held = this.#held[index];
    if (held === undefined || held.isEmpty) return;
    this.#parts.capture.drain(index);
    const { lines, onTaken } = held.take();
    this.#parts.slots[index]?.write(lines.join(''), onTaken);
  }

  /** The process ends with the next message. */
  sendAll(): void {
    for (const slot of this.#parts.slots) this.send(slot.index);
    this.#outbox.flush();
  }

  /** The order is the guarantee: captured output, terminal line. With that the slot is free. */
  end(index: SlotIndex, run: number, terminal: string): void {
    const slot = this.#parts.slots[index];
    const held = this.#held[index];
    if (slot === undefined || held === undefined) return;
    this.#parts.capture.settle(index);
    const { lines, onTaken } = held.take();
    if (!slot.end(run)) return onTaken?.();
    lines.push(terminal);
    if (slot.isSilent) this.#outbox.send(slot, lines, this.#isIdle, onTaken);
    else slot.write(lines.join(''), onTaken);
  }

  get #isIdle(): boolean {
    return this.#parts.slots.every(({ isBusy }) => !isBusy);
  }
}
