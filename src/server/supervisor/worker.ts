// One worker process from spawn to exit: its channels, its statuses, and what follows when it fails.
// Whatever happens, `gone` resolves, every prediction on its slots has ended by then, and its directory is removed.
import path from 'node:path';
import { assertNever } from '../../base/assert.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { deferred } from '../../base/deferred.ts';
import type { Logger } from '../../base/log.ts';
import { StateMachine } from '../../base/state-machine.ts';
import type { Config } from '../../config.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type {
  ControlEvent,
  HealthcheckResult,
  PredictorDescription,
  Purpose,
  WireError,
} from '../../protocol/control-messages.ts';
import type { PredictionId, SlotIndex, WorkerIndex } from '../../protocol/ids.ts';
import type { Slot } from '../slot/slot.ts';
import { makePrivateDirectory, removeDirectory } from '../work-directory.ts';
import { ControlChannel } from './control-channel.ts';
import { isHearsay, isSelfEnding, type ProcessExit, type WorkerFault } from './exit-reason.ts';
import type { SetupReport } from './fleet.ts';
import { Handshake, type HandshakeHost, type Progress } from './handshake.ts';
import { SetupRecord } from './setup-record.ts';
import type { WorkerEntry } from './spawn.ts';
import { isLive, WORKER_TRANSITIONS, type WorkerStatus } from './status.ts';
import { settlesWithin, stopInSteps } from './stop.ts';
import { endWorker, type WorkerEnd } from './worker-end.ts';
import { WorkerOutput } from './worker-output.ts';
import { WorkerProcess } from './worker-process.ts';

export interface WorkerOptions {
  readonly index: WorkerIndex;
  /** Counts the starts of this worker, from 1. */
  readonly start: number;
  readonly purpose: Purpose;
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly entry: WorkerEntry;
  /** The server's directory; the worker's own is made in it. */
  readonly directory: string;
  /** Never called before the constructor returned. */
  onStatus(status: WorkerStatus): void;
}

export class Worker implements HandshakeHost {
  readonly index: WorkerIndex;
  readonly workDir: string;
  readonly cancelKillMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly #options: WorkerOptions;
  readonly #status: StateMachine<WorkerStatus>;
  readonly #handshake: Handshake;
  readonly #setup: SetupRecord;
  readonly #output: WorkerOutput;
  readonly #gone = deferred<WorkerEnd>();
  readonly #description = deferred<PredictorDescription>();
  #process: WorkerProcess | null = null;
  #control: ControlChannel | null = null;
  #fault: WorkerFault | null = null;
  #readyAt: number | null = null;
  #endTimer: Timer | null = null;
  #isFinishing = false;

  constructor(options: WorkerOptions) {
    const { index, config, clock, logger } = options;
    this.index = index;
    this.workDir = path.join(options.directory, `w${index}-${options.start}`);
    this.cancelKillMs = config.cancelKillMs;
    this.clock = clock;
    this.logger = logger;
    this.#options = options;
    this.#setup = new SetupRecord(clock);
    this.#output = new WorkerOutput(index, logger, this.#setup);
    this.#handshake = new Handshake(this, config, options.purpose);
    this.#status = new StateMachine(`worker ${index}`, WORKER_TRANSITIONS, 'spawning', (status) =>
      options.onStatus(status),
    );
    queueMicrotask(() => void this.#begin());
  }

  get status(): WorkerStatus {
    return this.#status.current;
  }

  get slots(): readonly Slot[] {
    return this.#handshake.slots;
  }

  get setup(): SetupReport {
    return this.#setup.report;
  }

  /** Known once it is loaded. */
  get predictor(): PredictorDescription | null {
    return this.#handshake.predictor;
  }

  /** Why a cancel cannot interrupt code that blocks; null where it can. */
  get uninterruptible(): string | null {
    return this.#handshake.uninterruptible;
  }

  get gone(): Promise<WorkerEnd> {
    return this.#gone.promise;
  }

  /** Settles once the predictor is loaded, or never, where the worker fails: see `gone`. */
  get description(): Promise<PredictorDescription> {
    return this.#description.promise;
  }

  async stop(): Promise<void> {
    if (isLive(this.status)) {
      this.#handshake.end();
      this.#status.move('draining');
    }
    const gone = this.gone;
    const ask = () => this.#control?.send({ type: 'shutdown' });
    const terminate = () => this.#process?.terminate();
    await stopInSteps({ gone, ask, terminate, kill: () => this.#kill() }, this.clock);
  }

  /** For the last moment of the server process: no waiting, no cleaning up. */
  killNow(): void {
    this.#process?.kill();
  }

  /** null is healthy, else the text to show. */
  healthcheck(): Promise<string | null> {
    return this.#control?.healthcheck() ?? Promise.resolve('the worker is not running');
  }

  sendCancel(slot: SlotIndex, run: number): void {
    this.#control?.send({ type: 'cancel', slot, run });
  }

  become(status: 'connecting' | 'setting_up' | 'ready'): void {
    if (status === 'ready') {
      this.#readyAt = this.clock.monotonic();
      this.#setup.succeeded();
    }
    this.#status.move(status);
  }

  described(predictor: PredictorDescription): void {
    this.#description.resolve(predictor);
  }

  giveUp(fault: WorkerFault): void {
    if (this.#fault === null || (isHearsay(this.#fault) && !isHearsay(fault))) this.#fault = fault;
    if (!isLive(this.status)) return;
    this.#handshake.end();
    this.#status.move(fault.kind === 'setup_failed' ? 'setup_failed' : 'crashed');
    if (this.#isFinishing) return;
    if (isSelfEnding(fault)) this.#endAfter(limit('workerEndMs'), () => this.#kill());
    else this.#kill();
  }

  async #begin(): Promise<void> {
    try {
      makePrivateDirectory(this.workDir);
      await this.#handshake.listen();
      // stop() may have come meanwhile.
      if (this.status !== 'spawning') return await this.#finish(null);
      const { entry, config } = this.#options;
      const { slotSocketPath } = this.#handshake;
      const places = { workDir: this.workDir, slotSocketPath, predictorPath: config.predictorPath };
      this.#process = await WorkerProcess.start(entry, places, (text) => this.#output.runtime(text));
    } catch (error) {
      this.giveUp({ kind: 'spawn_failed', detail: error instanceof Error ? error.message : String(error) });
      return await this.#finish(null);
    }
    this.#output.spawned(this.#process.pid);
    this.#control = new ControlChannel(this.#process.channel, this.clock, {
      onEvent: (event) => this.#onEvent(event),
      onClose: (reason) => this.#onControlClosed(reason),
    });
    this.#handshake.begin();
    void this.#process.exited.then((exit) => this.#finish(exit));
  }

  #onEvent(event: Exclude<ControlEvent, HealthcheckResult>): void {
    switch (event.type) {
      case 'log':
        return this.#output.captured(event);
      case 'diagnostic':
        return this.#output.diagnostic(event);
      case 'idle':
        return this.#onIdle(event.slot, event.id);
      case 'setup_failed':
        return this.#onSetupFailed(event.error);
      case 'fatal':
        this.#output.fatal(event.error);
        return this.giveUp({ kind: 'fatal', error: event.error });
      case 'hello':
        if (event.pipes !== null) this.#process?.remains.holdProcess(event.pipes);
        this.#advance(event);
        if (this.status === 'connecting') this.#control?.send(this.#handshake.init());
        return;
      case 'loaded':
        this.#process?.remains.holdSlots(event.pipes);
        return this.#advance(event);
      case 'described':
      case 'ready':
        return this.#advance(event);
      default:
        return assertNever(event);
    }
  }

  /** News of a start may come when it is over already: given up, being stopped, or ended meanwhile. */
  #advance(event: Progress): void {
    if (isLive(this.status) && !this.#isFinishing) this.#handshake.advance(event);
  }

  #onSetupFailed(error: WireError): void {
    if (isLive(this.status) && !this.#status.can('setup_failed')) {
      throw new PawlError('PAWL_PROTOCOL', `message setup_failed came while the worker was ${this.status}`);
    }
    this.#output.setupFailed(error);
    this.giveUp({ kind: 'setup_failed', error });
  }

  #onIdle(index: SlotIndex, id: PredictionId): void {
    const slot = this.slots[index];
    if (slot !== undefined) return slot.onIdle(id);
    throw new PawlError('PAWL_PROTOCOL', `message idle names slot ${index}, which does not exist`);
  }

  #onControlClosed(reason: Error | null): void {
    const detail = reason?.message ?? null;
    if (reason instanceof PawlError) this.giveUp({ kind: 'protocol', detail: reason.message });
    else this.giveUp({ kind: 'control_lost', detail });
  }

  #kill(): void {
    this.#process?.kill();
    this.#endAfter(limit('workerReapMs'), () => void this.#finish(null));
  }

  #endAfter(ms: number, fn: () => void): void {
    this.#endTimer?.cancel();
    this.#endTimer = this.clock.after(ms, fn);
  }

  /** Once, when the process ended, never started, or can't be ended. */
  async #finish(exit: ProcessExit | null): Promise<void> {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    this.#endTimer?.cancel();
    // At once, so that no permit is taken; but before ready the channel may still say why setup failed.
    if (this.status === 'ready') this.#status.move('crashed');
    await settlesWithin(this.#drained(), limit('workerDrainMs'), this.clock);
    if (isLive(this.status)) this.#status.move('crashed');
    this.#handshake.end();
    const end = this.#endAll(exit);
    this.#process?.dispose();
    await removeDirectory(this.workDir, this.logger);
    this.#status.move('exited');
    this.#gone.resolve(end);
  }

  /** What it had sent is read, its last words are complete, nothing of its tree is left. */
  async #drained(): Promise<void> {
    const sockets = this.slots.map((slot) => slot.silent);
    await Promise.all([
      this.#process?.killStrays(),
      this.#process?.silent,
      this.#control?.closed,
      ...sockets,
    ]);
  }

  #endAll(exit: ProcessExit | null): WorkerEnd {
    const ending = {
      index: this.index,
      logger: this.logger,
      slots: this.slots,
      output: this.#output,
      setup: this.#setup,
      process: this.#process,
      control: this.#control,
      readyMs: this.#readyAt === null ? null : this.clock.monotonic() - this.#readyAt,
    };
    return endWorker(ending, { exit, fault: this.#fault, isStopping: this.status === 'draining' });
  }
}
