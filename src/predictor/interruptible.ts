// Boundaries around blocking code, for predictors that want to clean up when a cancel ends it.
import { runtime } from './runtime.ts';

/**
 * Calls `call`. When the prediction is canceled while `call` blocks, `call` is ended where it is, neither its `catch`
 * nor its `finally` runs, and a CancelationError is thrown here: catch it, clean up, and throw it again. Nests. Outside
 * a prediction it just calls.
 */
export function interruptible<T>(call: () => T): T {
  const inside = runtime();
  return inside === null ? call() : inside.interruptible(call);
}

/** Would a cancel end the code that is running here, should it block? */
export function isCancelable(): boolean {
  return runtime()?.isCancelable() ?? false;
}
