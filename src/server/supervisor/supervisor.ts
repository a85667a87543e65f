// Keeps one worker running: starts it, lends its slots to the pool while it is ready, and starts it again after a
// failure as the restart policy says. It never looks into the worker's protocol.
import type { Clock, Timer } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { StateMachine } from '../../base/state-machine.ts';
import type { Config } from '../../config.ts';
import type { PawlError } from '../../errors.ts';
import type { WorkerIndex } from '../../protocol/ids.ts';
import type { Pool } from '../slot/pool.ts';
import { decideRestart, restartDelayMs } from './restart-policy.ts';
import type { WorkerEntry } from './spawn.ts';
import { SUPERVISOR_TRANSITIONS, type SupervisorStatus, type WorkerStatus } from './status.ts';
import { Worker } from './worker.ts';
import type { WorkerEnd } from './worker-end.ts';

export interface SupervisorOptions {
  readonly index: WorkerIndex;
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly entry: WorkerEntry;
  readonly directory: string;
  readonly pool: Pool;
  /** Whether any worker of the server was ever ready. */
  isProven(): boolean;
  /** The status changed; slots are in or out of the pool already. */
  onChange(): void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #status: StateMachine<SupervisorStatus>;
  #worker: Worker;
  #starts = 0;
  #streak = 0;
  #failure: PawlError | null = null;
  #restart: Timer | null = null;
  #withdraw: (() => void) | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#status = new StateMachine(`supervisor ${options.index}`, SUPERVISOR_TRANSITIONS, 'starting', () =>
      options.onChange(),
    );
    this.#worker = this.#spawn();
  }

  get status(): SupervisorStatus {
    return this.#status.current;
  }

  /** The worker that runs, or the one that ran last. */
  get worker(): Worker {
    return this.#worker;
  }

  /** Why the last worker ended; null until one did, and once its successor is ready. */
  get failure(): PawlError | null {
    return this.#failure;
  }

  /** Another worker got ready, so that this one's setup may succeed too. */
  unpark(): void {
    if (this.status === 'parked' && this.#options.config.restart === 'on-crash') {
      this.#restartAfter(restartDelayMs(0));
    }
  }

  async stop(): Promise<void> {
    if (this.status !== 'stopped') this.#status.move('stopped');
    this.#restart?.cancel();
    this.#withdraw?.();
    await this.#worker.stop();
  }

  killNow(): void {
    this.#worker.killNow();
  }

  #spawn(): Worker {
    const { index, config, clock, logger, entry, directory } = this.#options;
    this.#starts += 1;
    const worker: Worker = new Worker({
      index,
      start: this.#starts,
      purpose: 'serve',
      config,
      clock,
      logger,
      entry,
      directory,
      onStatus: (status) => this.#onWorker(status),
    });
    void worker.gone.then((end) => this.#onGone(end));
    return worker;
  }

  #onWorker(status: WorkerStatus): void {
    if (this.status === 'stopped') return;
    if (status === 'ready') {
      this.#withdraw = this.#options.pool.add(this.#worker.slots);
      this.#failure = null;
      this.#status.move('ready');
    } else if (status === 'crashed' || status === 'setup_failed') {
      this.#withdraw?.();
      this.#withdraw = null;
      this.#status.move('ending');
    }
  }

  #onGone(end: WorkerEnd): void {
    if (this.status === 'stopped' || end.kind === 'stopped') return;
    this.#failure = end.error;
    const { config, isProven } = this.#options;
    const verdict = decideRestart({
      policy: config.restart,
      readyMs: end.readyMs,
      isProven: isProven(),
      streak: this.#streak,
    });
    if (verdict.kind === 'park') return this.#status.move('parked');
    if (verdict.kind === 'defunct') return this.#status.move('defunct');
    this.#streak = verdict.streak;
    this.#restartAfter(verdict.delayMs);
  }

  #restartAfter(delayMs: number): void {
    const { clock, index, logger } = this.#options;
    logger.info({ worker: index, delayMs }, `the worker is started again in ${delayMs} ms`);
    this.#restart = clock.after(delayMs, () => {
      this.#worker = this.#spawn();
      this.#status.move('starting');
    });
    this.#status.move('waiting');
  }
}
