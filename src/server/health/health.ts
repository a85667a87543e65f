// The health that clients see: derived from the fleet, its slots and the last healthcheck whenever it is asked for;
// nothing is stored, so that it can never be READY without a live worker.
import { PawlError } from '../../errors.ts';
import type { CancelStage } from '../../protocol/slot-messages.ts';
import { COGLET_VERSION, PAWL_VERSION } from '../../version.ts';
import { timestamp } from '../prediction/prediction-object.ts';
import type { PredictionService } from '../prediction/service.ts';
import type { Fleet, FleetStatus, SetupReport } from '../supervisor/fleet.ts';
import type { Healthcheck } from './healthcheck.ts';

export type HealthStatus = 'STARTING' | 'READY' | 'BUSY' | 'SETUP_FAILED' | 'DEFUNCT' | 'UNHEALTHY';

export interface HealthReport {
  readonly status: HealthStatus;
  readonly setup: {
    readonly started_at: string;
    readonly completed_at?: string;
    readonly status: SetupReport['status'];
    readonly logs: string;
  };
  /** How many predictions each stage of a cancel, or of --predict-timeout, has stopped since the start. */
  readonly cancels: Readonly<Record<CancelStage, number>>;
  readonly version: { readonly pawl: string; readonly node: string; readonly coglet: string };
  readonly user_healthcheck_error?: string;
}

const VERSION = { pawl: PAWL_VERSION, node: process.versions.node, coglet: COGLET_VERSION } as const;

/** A worker that is being started again is not there yet: to a client that is STARTING. */
const UNREADY: { readonly [S in Exclude<FleetStatus, 'ready'>]: HealthStatus } = {
  starting: 'STARTING',
  recovering: 'STARTING',
  setup_failed: 'SETUP_FAILED',
  defunct: 'DEFUNCT',
  stopped: 'DEFUNCT',
};

export class Health {
  readonly #fleet: Fleet;
  readonly #service: PredictionService;
  readonly #healthcheck: Healthcheck;

  constructor(fleet: Fleet, service: PredictionService, healthcheck: Healthcheck) {
    this.#fleet = fleet;
    this.#service = service;
    this.#healthcheck = healthcheck;
  }

  async report(): Promise<HealthReport> {
    const error = this.#isReady() ? await this.#healthcheck.check() : null;
    // Looked at after the wait: the worker may have gone meanwhile.
    const status = this.#status(error);
    const cancels = this.#service.cancelStages;
    const report = { status, setup: setupOf(this.#fleet.setup), cancels, version: VERSION };
    return status === 'UNHEALTHY' && error !== null ? { ...report, user_healthcheck_error: error } : report;
  }

  /** Null while the process is worth keeping. */
  liveness(): PawlError | null {
    return this.#fleet.status === 'defunct' ? this.#service.readiness() : null;
  }

  /** Null when predictions are taken and the user's healthcheck is content. */
  async readiness(): Promise<PawlError | null> {
    const error = this.#isReady() ? await this.#healthcheck.check() : null;
    const refusal = this.#service.readiness();
    if (refusal !== null || error === null) return refusal;
    return new PawlError('PAWL_UNHEALTHY', error);
  }

  /** Null once setup has succeeded, whatever came after. */
  startup(): PawlError | null {
    return this.#fleet.setup.status === 'succeeded' ? null : this.#service.readiness();
  }

  #isReady(): boolean {
    return this.#fleet.status === 'ready' && this.#service.predictor !== null;
  }

  #status(healthcheckError: string | null): HealthStatus {
    const { status, slots } = this.#fleet;
    if (status !== 'ready') return UNREADY[status];
    if (!this.#isReady()) return 'STARTING';
    if (healthcheckError !== null) return 'UNHEALTHY';
    return slots.available === 0 ? 'BUSY' : 'READY';
  }
}

function setupOf(setup: SetupReport): HealthReport['setup'] {
  const { startedAt, completedAt, status, logs } = setup;
  const times = { started_at: timestamp(startedAt) };
  if (completedAt === null) return { ...times, status, logs };
  return { ...times, completed_at: timestamp(completedAt), status, logs };
}
