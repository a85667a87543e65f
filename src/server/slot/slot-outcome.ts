// How a prediction ends when the server, not the worker, says so.
import type { PawlError } from '../../errors.ts';
import type { SlotOutcome } from './permit.ts';

export const CANCELED: SlotOutcome = { status: 'canceled', predictMs: null };

export function failedWith(error: PawlError): SlotOutcome {
  const { name, message, code } = error;
  return {
    status: 'failed',
    error: { name, message, stack: null, code },
    issues: [],
    predictMs: null,
  };
}
