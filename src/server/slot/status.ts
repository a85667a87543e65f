// The states of a slot, of the permit to use it, and of the prediction that the permit carries, as tables.
import type { Transitions } from '../../base/state-machine.ts';

/** busy: a permit for it is out. poisoned: never used again; its worker is being replaced. */
export type SlotStatus = 'connecting' | 'idle' | 'busy' | 'poisoned' | 'closed';

export const SLOT_TRANSITIONS: Transitions<SlotStatus> = {
  connecting: ['idle', 'poisoned', 'closed'],
  idle: ['busy', 'poisoned', 'closed'],
  busy: ['idle', 'poisoned', 'closed'],
  poisoned: ['closed'],
  closed: [],
};

export type PermitStatus = 'in_use' | 'released' | 'poisoned';

export const PERMIT_TRANSITIONS: Transitions<PermitStatus> = {
  in_use: ['released', 'poisoned'],
  released: [],
  poisoned: [],
};

/** unused: run() was not called. preparing: its input is on the way to the worker. ended: onEnd was called. */
export type RunPhase = 'unused' | 'preparing' | 'running' | 'ended';

export const RUN_TRANSITIONS: Transitions<RunPhase> = {
  unused: ['preparing', 'ended'],
  preparing: ['running', 'ended'],
  running: ['ended'],
  ended: [],
};
