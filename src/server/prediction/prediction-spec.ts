// What a prediction is given: by its request, by the line it waits in, and by the server.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Mode } from '../../protocol/control-messages.ts';
import type { PredictionId } from '../../protocol/ids.ts';
import type { Journal } from '../stream/journal.ts';
import type { PredictionEvent, PredictionObserver } from './events.ts';
import type { CheckedInput } from './input-check.ts';
import type { InputFiles } from './input-files.ts';
import type { OutputDelivery } from './output-delivery.ts';
import type { Prediction } from './prediction.ts';

export interface PredictionSpec {
  readonly id: PredictionId;
  readonly mode: Mode;
  readonly input: CheckedInput;
  readonly context: { readonly [key: string]: string };
  /** Headers of its request, such as `traceparent`, that go with what is sent to other servers for it. */
  readonly trace: { readonly [header: string]: string };
  readonly observers: readonly PredictionObserver[];
  /** Records every event, for readers of the event stream; null where there can be none. */
  readonly journal: Journal<PredictionEvent> | null;
  /** From its creation; null: it may take as long as it likes. */
  readonly cancelAfterMs: number | null;
}

/** Where it stands among those that wait for a slot. */
export interface Place {
  /** From 1; null where a slot is about to be free for it. */
  readonly position: number | null;
  /** Milliseconds; null where nothing has been measured that it could be told from. */
  readonly estimatedWaitMs: number | null;
  leave(): void;
}

export interface PredictionSetting {
  readonly clock: Clock;
  readonly log: Logger;
  readonly delivery: OutputDelivery;
  readonly files: InputFiles;
  /** Null: a prediction may run for ever. */
  readonly predictTimeoutMs: number | null;
  /** Its slot is done with it; what it has put out may still be on its way. */
  readonly onSlotLeft: (prediction: Prediction) => void;
  /** Called once, after the observers have seen `completed`. */
  readonly onCompleted: (prediction: Prediction) => void;
}
