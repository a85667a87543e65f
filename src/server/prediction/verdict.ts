// How a prediction ends: what its slot reports, unless something was decided before.
import type { Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../errors.ts';
import type { InputIssue } from '../../protocol/slot-messages.ts';
import type { CancelReport, SlotOutcome } from '../slot/permit.ts';
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

/** What the worker did about a cancel; where it had nothing to do any more, such as during an upload, the signal. */
export function whatStopped(
  outcome: SlotOutcome,
  canceledTick: number | null,
  clock: Clock,
): CancelReport | null {
  const reported = outcome.status === 'canceled' ? outcome.cancel : null;
  if (reported !== null || canceledTick === null) return reported;
  return { stage: 'signal', ms: clock.monotonic() - canceledTick };
}
