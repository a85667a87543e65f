// The numbers by which the interrupt gate knows what it may end: one for each run of the worker, so that no interrupt
// reaches another run, and one for the healthcheck, which never runs twice at a time.
import type { RunAddress } from './process-tree/run-mark.ts';

const RUNS_PER_SLOT = 2 ** 32;

export const HEALTHCHECK_TOKEN = Number.MAX_SAFE_INTEGER;

/** Runs count from 1, so a token is never 0; below 2^53 for every slot a worker may have. */
export function tokenOf({ slot, run }: RunAddress): number {
  return slot * RUNS_PER_SLOT + run;
}
