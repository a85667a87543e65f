// One slot: its socket, its status, and the permit that is out for it. It decides nothing about the worker; what is
// wrong with the slot goes to its owner as a fault.
import { deferred } from '../../base/deferred.ts';
import { StateMachine } from '../../base/state-machine.ts';
import { PawlError } from '../../errors.ts';
import { type Connection, TornLineError } from '../../protocol/connection.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import { decodeSlotEvent } from '../../protocol/decode.ts';
import type { PredictionId, SlotIndex } from '../../protocol/ids.ts';
import type { Carrier } from '../../protocol/outbox.ts';
import { LastWords } from './last-words.ts';
import type { Permit, SlotOutcome } from './permit.ts';
import { failedWith } from './slot-outcome.ts';
import type { SlotFault, SlotOwner } from './slot-owner.ts';
import { type PermitSlot, SlotPermit } from './slot-permit.ts';
import { SLOT_TRANSITIONS, type SlotStatus } from './status.ts';

/** Hears when the slot can be used again; the pool is one. */
export interface SlotWatcher {
  settling(slot: Slot): void;
  freed(slot: Slot): void;
}

/** Sends lines of several slots of one worker together. */
export interface SlotOutbox {
  send(slot: Slot, line: string): void;
}

export class Slot implements PermitSlot, Carrier {
  readonly index: SlotIndex;
  readonly owner: SlotOwner;
  readonly #status: StateMachine<SlotStatus>;
  #connection: Connection | null = null;
  #permit: SlotPermit | null = null;
  #permits = 0;
  /** Made with the first: most predictions say nothing there. */
  #lastWords: LastWords | null = null;
  #isTorn = false;
  #watcher: SlotWatcher | null = null;
  #outbox: SlotOutbox | null = null;
  readonly #silent = deferred();

  constructor(owner: SlotOwner, index: SlotIndex) {
    this.owner = owner;
    this.index = index;
    this.#status = new StateMachine(`slot ${index} of worker ${owner.index}`, SLOT_TRANSITIONS, 'connecting');
  }

  get status(): SlotStatus {
    return this.#status.current;
  }

  /** Resolves when nothing more can arrive on the socket; at once where there is none. */
  get silent(): Promise<void> {
    return this.#connection === null ? Promise.resolve() : this.#silent.promise;
  }

  get isRunning(): boolean {
    return this.#permit?.runningId != null;
  }

  /** The socket ended in the middle of a line. */
  get isTorn(): boolean {
    return this.#isTorn;
  }

  /** The end of what its prediction, or the one before, has written to stderr. */
  get lastWords(): LastWords {
    this.#lastWords ??= new LastWords();
    return this.#lastWords;
  }

  watch(watcher: SlotWatcher | null): void {
    this.#watcher = watcher;
  }

  /** What it sends goes with what the other slots of its worker send. */
  share(outbox: SlotOutbox): void {
    this.#outbox = outbox;
  }

  /** The worker's socket for this slot; whoever accepted it routes its lines and its end here. */
  attach(connection: Connection): void {
    this.#status.move('idle');
    this.#connection = connection;
  }

  acquire(): Permit {
    this.#status.move('busy');
    this.#permits += 1;
    this.#lastWords = null;
    this.#permit = new SlotPermit(this, this.#permits);
    return this.#permit;
  }

  /** A throw closes the connection with that error. */
  onLine(line: string): void {
    const event = decodeSlotEvent(line);
    if (event.type === 'attach') {
      throw new PawlError('PAWL_PROTOCOL', `slot ${this.index} was attached a second time`);
    }
    if (event.type === 'log' && event.stream === 'stderr') this.lastWords.append(event.data);
    if (this.#permit?.receive(event)) return;
    const fields = { worker: this.owner.index, slot: this.index, type: event.type, prediction: event.id };
    this.owner.logger.warn(fields, 'ignored a message for a prediction that the slot does not run');
  }

  /** What the prediction wrote and its worker did not live to send. */
  lastOutput(stream: OutputStream, data: string): void {
    const id = this.#permit?.runningId ?? null;
    if (id === null) return;
    if (stream === 'stderr') this.lastWords.append(data);
    this.#permit?.receive({ type: 'log', id, stream, data });
  }

  onIdle(id: PredictionId): void {
    if (this.#permit?.idle(id)) return;
    const fields = { worker: this.owner.index, slot: this.index, prediction: id };
    this.owner.logger.warn(fields, 'ignored an idle token for a prediction that the slot does not run');
  }

  /** The socket closed. What it carried ends with the worker, unless the worker broke the protocol here. */
  onClose(reason: Error | null): void {
    this.#silent.resolve();
    this.#isTorn = reason instanceof TornLineError;
    if (this.#status.current === 'closed' || this.#status.current === 'poisoned') return;
    if (reason instanceof PawlError) {
      const detail = reason.message;
      this.#permit?.fail(
        failedWith(new PawlError('PAWL_PROTOCOL', `the worker broke the protocol: ${detail}`)),
      );
      this.poison({ kind: 'protocol', detail });
      return;
    }
    this.poison({ kind: 'slot_lost', slot: this.index, detail: reason?.message ?? null });
  }

  /** The worker is gone: a prediction that still runs ends with `outcome`. */
  close(outcome: SlotOutcome): void {
    if (this.#status.current === 'closed') return;
    this.#status.move('closed');
    this.#permit?.lost(outcome);
    this.#permit = null;
    this.#connection?.destroy();
  }

  sendLine(line: string): void {
    if (this.#outbox === null) this.write(line);
    else this.#outbox.send(this, line);
  }

  /** On its own socket. */
  write(lines: string, onTaken?: () => void): void {
    this.#connection?.sendLine(lines, onTaken);
  }

  settling(): void {
    this.#watcher?.settling(this);
  }

  free(): void {
    this.#status.move('idle');
    this.#permit = null;
    this.#watcher?.freed(this);
  }

  poison(fault: SlotFault): void {
    if (!this.#status.can('poisoned')) return;
    this.#status.move('poisoned');
    this.#permit?.poisoned();
    this.owner.giveUp(fault);
  }
}
