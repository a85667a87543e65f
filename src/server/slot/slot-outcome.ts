// How a prediction ends when the server, not the worker, says so.
import type { PawlError } from '../../errors.ts';
import type { SlotOutcome } from './permit.ts';

/** Canceled before it reached a worker. */
export const CANCELED: SlotOutcome = { status: 'canceled', predictMs: null, cancel: null };

/** Canceled by the end of its worker, `ms` after the cancel. */
export function canceledByWorkerEnd(ms: number): SlotOutcome {
  return { status: 'canceled', predictMs: null, cancel: { stage: 'worker', ms } };
}

export function failedWith(error: PawlError): SlotOutcome {
  const { name, message, code } = error;
  return {
    status: 'failed',
    error: { name, message, stack: null, code },
    issues: [],
    predictMs: null,
  };
}
