// The number by which the interrupt gate knows a run: unique in the worker, so that no interrupt reaches another run.
import type { RunAddress } from './process-tree/run-mark.ts';

const RUNS_PER_SLOT = 2 ** 32;

/** Runs count from 1, so a token is never 0; below 2^53 for every slot a worker may have. */
export function tokenOf({ slot, run }: RunAddress): number {
  return slot * RUNS_PER_SLOT + run;
}
