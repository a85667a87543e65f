// What the rest of the server sees of its workers. worker-pool.ts implements it; tests use a fake.

import type { PawlError } from '../../errors.ts';
import type { PredictorDescription } from '../../protocol/control-messages.ts';
import type { SlotPool } from '../slot/permit.ts';

/**
 * starting: no worker has been ready yet. ready: at least one is. recovering: none is, but one is being started
 * again. setup_failed: loading or setup() failed in every worker. defunct: none is left and none will be started.
 */
export type FleetStatus = 'starting' | 'ready' | 'recovering' | 'setup_failed' | 'defunct' | 'stopped';

/** The `setup` object of GET /health-check. */
export interface SetupReport {
  readonly status: 'starting' | 'succeeded' | 'failed';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly completedAt: number | null;
  readonly logs: string;
}

export interface Fleet {
  readonly status: FleetStatus;
  readonly slots: SlotPool;
  readonly setup: SetupReport;
  /** Known from the first ready worker on; a replacement that reports another one replaces it. */
  readonly predictor: PredictorDescription | null;
  /** Why the status is setup_failed, defunct or recovering; null otherwise. */
  readonly failure: PawlError | null;
  /** Spawns the workers; returns at once. */
  start(): void;
  /** Resolves as soon as a worker has loaded the predictor, before setup() is over; never where none of them can. */
  described(): Promise<PredictorDescription>;
  /** Resolves when the status is no longer `starting`. */
  settledStart(): Promise<void>;
  /** Runs the user's healthcheck in every ready worker, coalesced: null is healthy, else the text to show. */
  healthcheck(): Promise<string | null>;
  /** Shutdown message, then SIGTERM, then SIGKILL to each worker's process group, with the deadlines of limits.ts. */
  stop(): Promise<void>;
  /** Observes every change of status, capacity or predictor. Returns the unsubscriber. */
  onChange(listener: () => void): () => void;
}
