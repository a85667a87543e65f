// The configured number of workers, one supervisor each, and what the rest of the server sees of them. Removes the
// server's directory when they are gone. Status is derived from the supervisors, never stored.
import type { Clock } from '../../base/clock.ts';
import { type Deferred, deferred } from '../../base/deferred.ts';
import type { Logger } from '../../base/log.ts';
import type { Config } from '../../config.ts';
import type { PawlError } from '../../errors.ts';
import type { PredictorDescription } from '../../protocol/control-messages.ts';
import { asWorkerIndex } from '../../protocol/ids.ts';
import type { SlotPool } from '../slot/permit.ts';
import { Pool } from '../slot/pool.ts';
import { ServerDirectory } from '../work-directory.ts';
import type { Fleet, FleetStatus, SetupReport } from './fleet.ts';
import { defaultWorkerEntry, type WorkerEntry } from './spawn.ts';
import { Supervisor } from './supervisor.ts';

export interface FleetOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Removed once the workers are gone; one of its own where it is left out. */
  readonly directory?: ServerDirectory;
  /** Arguments of `node` for each worker; Pawl's own worker where it is left out. */
  readonly workerEntry?: WorkerEntry;
}

export function createFleet(options: FleetOptions): Fleet {
  return new WorkerPool(options);
}

class WorkerPool implements Fleet {
  readonly #options: FleetOptions;
  readonly #pool = new Pool();
  readonly #directory: ServerDirectory;
  readonly #createdAt: number;
  readonly #listeners = new Set<() => void>();
  readonly #settledStart: Deferred<void> = deferred();
  #supervisors: readonly Supervisor[] = [];
  #predictor: PredictorDescription | null = null;
  #healthcheck: Promise<string | null> | null = null;
  #hasWarned = false;
  #stopping: Promise<void> | null = null;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#directory = options.directory ?? new ServerDirectory(options.config.workDir);
    this.#createdAt = options.clock.now();
  }

  get slots(): SlotPool {
    return this.#pool;
  }

  get status(): FleetStatus {
    if (this.#stopping !== null) return 'stopped';
    const isProven = this.#predictor !== null;
    if (this.#supervisors.length === 0) return 'starting';
    if (this.#supervisors.some(({ status }) => status === 'ready')) return 'ready';
    const isOver = this.#supervisors.every(({ status }) => status === 'parked' || status === 'defunct');
    if (isOver) return isProven ? 'defunct' : 'setup_failed';
    return isProven ? 'recovering' : 'starting';
  }

  get setup(): SetupReport {
    const ready = this.#supervisors.find(({ status }) => status === 'ready');
    const shown = ready ?? this.#supervisors[0];
    return (
      shown?.worker.setup ?? { status: 'starting', startedAt: this.#createdAt, completedAt: null, logs: '' }
    );
  }

  get predictor(): PredictorDescription | null {
    return this.#predictor;
  }

  get failure(): PawlError | null {
    const { status } = this;
    if (status !== 'setup_failed' && status !== 'defunct' && status !== 'recovering') return null;
    return this.#supervisors.find(({ failure }) => failure !== null)?.failure ?? null;
  }

  start(): void {
    if (this.#stopping !== null || this.#supervisors.length > 0) return;
    const { config, clock, logger, workerEntry } = this.#options;
    const directory = this.#directory.path;
    process.once('exit', this.#lastResort);
    this.#supervisors = Array.from(
      { length: config.workers },
      (_, index) =>
        new Supervisor({
          index: asWorkerIndex(index),
          config,
          clock,
          logger,
          entry: workerEntry ?? defaultWorkerEntry(),
          directory,
          pool: this.#pool,
          isProven: () => this.#predictor !== null,
          onChange: () => this.#onChange(),
        }),
    );
  }

  described(): Promise<PredictorDescription> {
    return Promise.race(this.#supervisors.map(({ worker }) => worker.description));
  }

  settledStart(): Promise<void> {
    return this.#settledStart.promise;
  }

  healthcheck(): Promise<string | null> {
    this.#healthcheck ??= this.#runHealthcheck().finally(() => {
      this.#healthcheck = null;
    });
    return this.#healthcheck;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every ready worker, at the same time: one sick worker is enough to fail predictions. */
  async #runHealthcheck(): Promise<string | null> {
    const ready = this.#supervisors.filter(({ status }) => status === 'ready');
    if (ready.length === 0) return 'no worker is ready';
    if (this.#predictor?.hasHealthcheck === false) return null;
    const errors = await Promise.all(ready.map(({ worker }) => worker.healthcheck()));
    return errors.find((error) => error !== null) ?? null;
  }

  async #stop(): Promise<void> {
    // A turn later, so that `stopping` is set when the first supervisor tells of its end.
    await Promise.resolve();
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.stop()));
    process.removeListener('exit', this.#lastResort);
    await this.#directory.remove(this.#options.logger);
    this.#tell();
  }

  /** The process ends without stop(): kill what runs and remove the directory, with nothing to wait for. */
  readonly #lastResort = () => {
    for (const supervisor of this.#supervisors) supervisor.killNow();
    this.#directory.removeNow();
  };

  #onChange(): void {
    const wasProven = this.#predictor !== null;
    for (const { status, worker } of this.#supervisors) {
      if (status !== 'ready' || worker.predictor === null) continue;
      this.#predictor = worker.predictor;
      if (worker.uninterruptible !== null) this.#warnOnce(worker.uninterruptible);
    }
    if (!wasProven && this.#predictor !== null) {
      for (const supervisor of this.#supervisors) supervisor.unpark();
    }
    this.#tell();
  }

  /** Once, and not once a worker or once a restart: it is the machine that lacks something. */
  #warnOnce(why: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const text = `interrupts are unavailable, because ${why}: a cancel of JavaScript that blocks costs the worker, after --cancel-kill, and the model is loaded again; see \`pawl doctor\``;
    this.#options.logger.warn({}, text);
  }

  #tell(): void {
    if (this.status !== 'starting') this.#settledStart.resolve();
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        // A defect of one observer must not keep the others, or the supervision itself, from going on.
        this.#options.logger.error({ error }, 'an observer of the workers failed');
      }
    }
  }
}
