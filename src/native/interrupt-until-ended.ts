// Sees an interrupt through, from a thread that is not blocked: asks once, then nudges until the call has ended. Asking
// twice could end a second call of the same token, such as the clean-up after an inner boundary.
import type { Clock, Timer } from '../base/clock.ts';
import { rescueBlockedOpen } from './blocked-open.ts';
import type { NativeApi } from './native-api.ts';

const FIRST_PAUSE_MS = 1;
const PAUSE_MS_MAX = 50;

type Interrupts = Pick<NativeApi, 'interrupt' | 'nudge'>;

/**
 * Null where no call of `token` is innermost. Goes on until that call has ended or the result is canceled: code that
 * never looks (a long native computation) has to be ended with its process.
 */
export function interruptUntilEnded(token: number, native: Interrupts, clock: Clock): Timer | null {
  if (!native.interrupt(token)) return null;
  let pauseMs = FIRST_PAUSE_MS;
  let timer = clock.after(pauseMs, again);
  function again(): void {
    const isInside = () => native.nudge(token);
    if (!isInside()) return;
    rescueBlockedOpen(isInside);
    pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
    timer = clock.after(pauseMs, again);
  }
  return { cancel: () => timer.cancel() };
}
