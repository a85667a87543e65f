// Which work is running here: a prediction, setup(), or nothing we know. Follows promises, timers and callbacks by
// AsyncLocalStorage; generators and bound functions are entered by hand (run.ts, prediction-scope.ts).
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Scope } from '../../predictor/scope.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import type { PredictionId } from '../../protocol/ids.ts';
import type { RunAddress } from '../process-tree/run-mark.ts';

export interface Origin {
  /** The run it is; null for setup() and healthcheck(). */
  readonly at: RunAddress | null;
  /** null for setup() and healthcheck(). */
  readonly id: PredictionId | null;
  readonly scope: Scope | null;
  /** False once its work is over: what it writes or throws from then on is detached. */
  readonly isActive: boolean;
  /** Where its JavaScript writes; null where that is the server's log. */
  captureFd(stream: OutputStream): number | null;
  /** An error escaped from its work: a throw in a timer, an unhandled rejection, process.exit(). */
  fail(error: unknown): void;
  /** Calls `call` so that a cancel can end it while it blocks; then it throws a CancelationError. */
  guarded<T>(call: () => T): T;
}

export const origins = new AsyncLocalStorage<Origin>();
