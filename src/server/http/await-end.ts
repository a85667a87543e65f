// Holds a request until its prediction ends, its patience does, or its client is gone.
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Prediction } from '../prediction/prediction.ts';

export type Waited = 'ended' | 'expired' | 'gone';

export function awaitEnd(
  prediction: Prediction,
  response: ServerResponse,
  waitMs: number | null,
  clock: Clock,
): Promise<Waited> | Waited {
  if (prediction.isTerminal) return 'ended';
  // The client may have left while the prediction was being taken: its close event is past.
  if (response.destroyed || response.socket?.destroyed === true) return 'gone';
  return new Promise((resolve) => {
    const finish = (how: Waited) => {
      stopObserving();
      response.off('close', onClose);
      timer?.cancel();
      resolve(how);
    };
    const onClose = () => finish('gone');
    const stopObserving = prediction.observe((event) => {
      if (event.type === 'completed') finish('ended');
    });
    const timer = waitMs === null ? null : clock.after(waitMs, () => finish('expired'));
    response.on('close', onClose);
  });
}

/** Until it is disposed, the prediction can be shown, also when the server has forgotten it meanwhile. */
export function held(prediction: Prediction): Disposable {
  prediction.retain();
  return { [Symbol.dispose]: () => prediction.release() };
}
