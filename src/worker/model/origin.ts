// Which work is running here: a prediction, setup(), or nothing we know. Follows promises, timers and callbacks by
// AsyncLocalStorage; generators and bound functions are entered by hand (run.ts, prediction-scope.ts).
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Scope } from '../../predictor/scope.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import type { PredictionId } from '../../protocol/ids.ts';

export interface Origin {
  /** null for setup() and healthcheck(). */
  readonly id: PredictionId | null;
  readonly scope: Scope | null;
  /** False once its work is over: what it writes or throws from then on is detached. */
  readonly isActive: boolean;
  /** Where its JavaScript writes; null where that is the server's log. */
  captureFd(stream: OutputStream): number | null;
  /** An error escaped from its work: a throw in a timer, an unhandled rejection, process.exit(). */
  fail(error: unknown): void;
}

export const origins = new AsyncLocalStorage<Origin>();
