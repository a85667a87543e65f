// Holds a request until its prediction ends, its patience does, or its client is gone.
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Prediction } from '../prediction/prediction.ts';

export type Waited = 'ended' | 'expired' | 'gone';

export interface Wait {
  readonly prediction: Prediction;
  readonly response: ServerResponse;
  /** Null: as long as it takes. */
  readonly waitMs: number | null;
  readonly clock: Clock;
}

/**
 * Calls `then` once, at once where there is nothing to wait for. Holds the prediction until `then` returns: it can be
 * shown, also when the server has forgotten it meanwhile.
 */
export function whenEnded({ prediction, response, waitMs, clock }: Wait, then: (how: Waited) => void): void {
  if (prediction.isTerminal) return then('ended');
  // The client may have left while the prediction was being taken: its close event is past.
  if (response.destroyed || response.socket?.destroyed === true) return then('gone');
  let isOver = false;
  const finish = (how: Waited) => {
    // The response closes once it is sent, too.
    if (isOver) return;
    isOver = true;
    timer?.cancel();
    try {
      then(how);
    } finally {
      prediction.release();
    }
  };
  prediction.retain();
  prediction.onceEnded(() => finish('ended'));
  response.on('close', () => finish('gone'));
  const timer = waitMs === null ? null : clock.after(waitMs, () => finish('expired'));
}

export function awaitEnd(
  prediction: Prediction,
  response: ServerResponse,
  waitMs: number | null,
  clock: Clock,
): Promise<Waited> {
  return new Promise((resolve) => whenEnded({ prediction, response, waitMs, clock }, resolve));
}

/** Until it is disposed, the prediction can be shown, also when the server has forgotten it meanwhile. */
export function held(prediction: Prediction): Disposable {
  prediction.retain();
  return { [Symbol.dispose]: () => prediction.release() };
}
