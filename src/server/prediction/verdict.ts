// How a prediction ends: what its slot reports, unless something was decided before.
import type { ErrorCode } from '../../errors.ts';
import type { InputIssue } from '../../protocol/slot-messages.ts';
import type { SlotOutcome } from '../slot/permit.ts';
import { errorText } from './error-text.ts';

export interface PredictionFailure {
  readonly code: ErrorCode;
  readonly text: string;
  /** What the predictor's own schema refused; empty unless the code is PAWL_INPUT_INVALID. */
  readonly issues: readonly InputIssue[];
}

/** An acknowledged cancel, or a failure that the server has seen; null while nothing was decided. */
export type Verdict = 'canceled' | PredictionFailure | null;

export function decide(outcome: SlotOutcome, verdict: Verdict): 'succeeded' | 'canceled' | PredictionFailure {
  if (verdict !== null) return verdict;
  if (outcome.status !== 'failed') return outcome.status;
  const { error, issues } = outcome;
  return { code: error.code, text: errorText(error), issues };
}
