// When this thread takes the slots out of the model thread's hands, and when it gives them back (worker/slot-board.ts).
// While it has them every prediction begins and ends here, so that output stays in order with it, nothing of a run that is
// canceled or has started something outlives it unseen, and no two threads write to one socket.
import type { SlotBoard } from '../slot-board.ts';
import type { SlotChannel } from './slot-channel.ts';

type Slot = Pick<SlotChannel, 'index' | 'isBusy'>;

export interface StandbyParts<S extends Slot> {
  readonly board: SlotBoard;
  readonly slots: readonly S[];
  /** This slot's run began while this thread stood by. */
  readonly adopt: (slot: S, beganMs: number) => void;
  /** This slot's run may end without this thread. */
  readonly leave: (slot: S) => void;
  /** Text, or work to be ended, is in this thread's hands. */
  readonly isEngaged: () => boolean;
  /** A message is, for the moment that it takes. */
  readonly isSending: () => boolean;
}

export class Standby<S extends Slot> {
  readonly #parts: StandbyParts<S>;
  #hasTaken = false;

  constructor(parts: StandbyParts<S>) {
    this.#parts = parts;
  }

  /** Around everything that reads captured output, changes a slot, or writes to a slot socket. */
  whileTaken(fn: () => void): void {
    this.#take();
    fn();
    this.offer();
  }

  /** Whenever something has been done with. */
  offer(): void {
    const { board, slots, leave, isEngaged, isSending } = this.#parts;
    if (!this.#hasTaken) return;
    if (isEngaged()) return board.keep();
    if (isSending()) return;
    for (const slot of slots) if (slot.isBusy) leave(slot);
    this.#hasTaken = false;
    board.giveBack();
  }

  #take(): void {
    if (this.#hasTaken) return;
    const { board, slots, adopt } = this.#parts;
    this.#hasTaken = true;
    board.take();
    for (const slot of slots) if (slot.isBusy) adopt(slot, board.began(slot.index));
  }
}
