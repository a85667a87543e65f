// The AbortSignal of one prediction. It says that it is aborted as soon as the cancel is known, also to code that blocks and
// asks again and again, which no event reaches. The event itself comes with the news only: between two statements of
// user code it would pass by whoever has looked in the first one and listens in the second.
import { CancelationError } from '../../predictor/cancelation.ts';

export interface CancelSignal {
  readonly signal: AbortSignal;
  /** Tells those who listen. */
  readonly abort: () => void;
}

/** `isCanceled` may forget; the signal does not, once somebody has looked. */
export function cancelSignal(isCanceled: () => boolean): CancelSignal {
  const controller = new AbortController();
  const { signal } = controller;
  let reason: CancelationError | undefined;
  const look = (): CancelationError | undefined => {
    if (reason === undefined && isCanceled()) reason = new CancelationError();
    return reason;
  };
  const throwIfAborted = (): void => {
    const error = look();
    if (error !== undefined) throw error;
  };
  Object.defineProperties(signal, {
    aborted: { get: () => look() !== undefined },
    reason: { get: look },
    throwIfAborted: { value: throwIfAborted },
  });
  const abort = (): void => {
    reason ??= new CancelationError();
    controller.abort(reason);
  };
  return { signal, abort };
}
