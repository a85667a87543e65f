// Waiting for something that may never come, but not longer than the prediction lives.
import { CancelationError } from '../../../predictor/cancelation.ts';

/** Settles as `promise` does; rejects with a CancelationError as soon as `signal` is aborted. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new CancelationError());
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
