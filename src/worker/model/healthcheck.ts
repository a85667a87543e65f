// Runs the user's healthcheck() and puts its result into Cog's words. The I/O thread keeps the deadline, and ends a
// check that blocks beyond it.
import type { Interruption } from '../../native/interrupt.ts';
import { HEALTHCHECK_OVERDUE } from '../healthcheck-overdue.ts';
import { errorLine } from '../thrown.ts';
import { HEALTHCHECK_TOKEN } from '../token.ts';
import { type Origin, origins } from './origin.ts';

/** What a healthcheck prints belongs to no prediction. */
const ORIGIN: Origin = {
  at: null,
  id: null,
  scope: null,
  isActive: false,
  captureFd: () => null,
  fail: () => {},
  guarded: (call) => call(),
};

let current: Promise<string | null> | null = null;

/** null: healthy. One check at a time: whoever asks while it runs shares its result. */
export function checkHealth(healthcheck: () => unknown, interruption: Interruption): Promise<string | null> {
  current ??= run(healthcheck, interruption).finally(() => {
    current = null;
  });
  return current;
}

async function run(healthcheck: () => unknown, interruption: Interruption): Promise<string | null> {
  try {
    const called = origins.run(ORIGIN, () => interruption.guarded(HEALTHCHECK_TOKEN, healthcheck));
    if (called.interrupted) return HEALTHCHECK_OVERDUE;
    return (await called.value) === false
      ? 'Healthcheck failed: user-defined healthcheck returned False'
      : null;
  } catch (error) {
    return `Healthcheck failed: ${errorLine(error)}`;
  }
}
