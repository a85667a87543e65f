// The states of a prediction. A cancel that was asked for is not a state: see Prediction.cancel().
import type { Transitions } from '../../base/state-machine.ts';

export type PredictionStatus = 'starting' | 'processing' | 'succeeded' | 'failed' | 'canceled';

export const PREDICTION_NEXT = {
  starting: ['processing', 'failed', 'canceled'],
  processing: ['succeeded', 'failed', 'canceled'],
  succeeded: [],
  failed: [],
  canceled: [],
} as const satisfies Transitions<PredictionStatus>;
