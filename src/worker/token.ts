// The numbers by which the interrupt gate knows what it may end: two for each run of the worker, so that no interrupt
// reaches another run, and one for the healthcheck, which never runs twice at a time.
import type { RunAddress } from './process-tree/run-mark.ts';

const RUNS_PER_SLOT = 2 ** 32;
/** Above every number of a run. */
const NEWS = 2 ** 52;

export const HEALTHCHECK_TOKEN = Number.MAX_SAFE_INTEGER;

/** Runs count from 1, so a token is never 0; below 2^53 for every slot a worker may have. */
export function tokenOf({ slot, run }: RunAddress): number {
  return slot * RUNS_PER_SLOT + run;
}

/** For code of a run that a cancel calls, such as the listeners of its signal: they have a moment of their own. */
export function newsTokenOf(at: RunAddress): number {
  return NEWS + tokenOf(at);
}
