// The marks that a subprocess carries in its environment, and its descendants inherit, so that they can be told apart
// even when they were double-forked, have a session of their own and a new parent. Documented: user code may read them.
//
//   PAWL_RUN=<worker pid>.<slot>.<run>   started by that prediction; ends with it
//   PAWL_RUN=<worker pid>.setup          started in setup(); lives as long as the worker
//   PAWL_KEEP=1                          set by the user in `env`: outlives its prediction, ends with the worker

export const RUN_VARIABLE = 'PAWL_RUN';
export const KEEP_VARIABLE = 'PAWL_KEEP';
export const KEEP_VALUE = '1';

/** A run of a prediction in this worker: its slot, and its number there. */
export interface RunAddress {
  readonly slot: number;
  readonly run: number;
}

/** null: setup(), or whatever else belongs to no prediction. */
export function runMark(workerPid: number, at: RunAddress | null): string {
  return at === null ? `${workerPid}.setup` : `${workerPid}.${at.slot}.${at.run}`;
}
