// What a prediction tells its observers: webhooks, event streams and waiting replies. Exactly one `start` comes
// before everything else of a prediction that ran; `completed` is always last and comes exactly once.
import { approximateBytes } from '../../base/json-measure.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import type { Metric } from '../../protocol/slot-messages.ts';
import type { Shown } from '../payload/stored-value.ts';
import type { Prediction } from './prediction.ts';

export type PredictionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'log'; readonly stream: OutputStream; readonly data: string }
  | { readonly type: 'output'; readonly index: number; readonly value: Shown }
  | { readonly type: 'metric'; readonly metric: Metric }
  | { readonly type: 'completed' };

/** Called synchronously, in order. A throw is logged and changes nothing for the prediction or other observers. */
export type PredictionObserver = (event: PredictionEvent, prediction: Prediction) => void;

const EVENT_BYTES = 64;

/** Roughly what the event holds by itself: the value of an output is the prediction's own. */
export function eventBytes(event: PredictionEvent): number {
  if (event.type === 'log') return EVENT_BYTES + event.data.length;
  if (event.type !== 'metric') return EVENT_BYTES;
  return EVENT_BYTES + event.metric.name.length + approximateBytes(event.metric.value);
}
