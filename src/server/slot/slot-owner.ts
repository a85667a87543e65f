// What a slot needs of the worker it belongs to, and the reasons it can have to give that worker up.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { SlotIndex, WorkerIndex } from '../../protocol/ids.ts';

export type SlotFault =
  /** The socket closed; the worker may be dying, or only this slot may be lost. */
  | { readonly kind: 'slot_lost'; readonly slot: SlotIndex; readonly detail: string | null }
  | { readonly kind: 'protocol'; readonly detail: string }
  | { readonly kind: 'no_idle_token'; readonly slot: SlotIndex; readonly ms: number }
  | { readonly kind: 'cancel_ignored'; readonly slot: SlotIndex; readonly ms: number };

export interface SlotOwner {
  readonly index: WorkerIndex;
  /** Existing directory for spilled inputs. */
  readonly workDir: string;
  readonly cancelKillMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  sendCancel(slot: SlotIndex, run: number): void;
  /** The slot is poisoned: the worker must be replaced. It closes its slots once it is gone. */
  giveUp(fault: SlotFault): void;
}
