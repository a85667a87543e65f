// The words of an event stream: one set for Cog's clients, one for Replicate's. Each answer is text/event-stream, complete
// events, or nothing where the dialect has no word for what happened.
import type { PredictionEvent } from '../prediction/events.ts';
import type { Prediction } from '../prediction/prediction.ts';

export interface Dialect {
  /** Throws only where the text would be longer than a string can be. */
  event(id: string, event: PredictionEvent, prediction: Prediction): string;
  /** In place of an event that could not be encoded; a client always learns how the prediction ended. */
  failure(id: string, event: PredictionEvent, prediction: Prediction): string;
  /** `skipped` events are missing here. No id: a client that reconnects asks for what follows the last it has seen. */
  gap(skipped: number): string;
  /** Complete events as they go over the wire, or parts of one around a stored value. */
  bytes(text: string): Buffer;
}
