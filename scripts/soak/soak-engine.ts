// The engine of dist/ under the races: one worker with the races' predictor, its complaints kept, its figures read.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/base/json.ts';
import type { LogFields } from '../../src/base/log.ts';
import { CONFIG_DEFAULTS, type Config } from '../../src/config.ts';
import { PawlError } from '../../src/errors.ts';
import { asPredictionId } from '../../src/protocol/ids.ts';
import type { CancelStage } from '../../src/protocol/slot-messages.ts';
import type { Engine } from '../../src/server/engine.ts';
import type { PredictionObserver } from '../../src/server/prediction/events.ts';
import type { Prediction } from '../../src/server/prediction/prediction.ts';
import { descendantsOf } from '../../test/helpers/processes.ts';

const PREDICTOR = fileURLToPath(new URL('../../test/fixtures/predictors/races.mjs', import.meta.url));
const ENGINE = new URL('../../dist/server/engine.js', import.meta.url).href;
const IDLE_MS = 400;
const SETTLE_MS = 20_000;
const PREDICTION_MS = 30_000;

/** What the worker's process holds, garbage collected. */
export interface Figures {
  readonly pid: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly descriptors: number;
  readonly listeners: number;
}

export class SoakEngine {
  readonly #engine: Engine;
  readonly #complaints: string[] = [];
  readonly #waiting = new Map<Prediction, () => void>();

  private constructor(createEngine: (config: Config, parts: object) => Engine, config: Config) {
    const complain = (fields: LogFields, message: string) => {
      this.#complaints.push(`the server log says: ${message} ${JSON.stringify(fields)}`);
    };
    const info = (fields: LogFields, message: string) => {
      // Output that belongs to no prediction: every line here belongs to one.
      if (fields.origin === 'detached' || fields.origin === 'unattributed') complain(fields, message);
    };
    const log = { debug: () => {}, info, warn: complain, error: complain, flush: () => {} };
    this.#engine = createEngine(config, { log });
    this.#engine.fleet.onChange(() => {
      const { status, slots } = this.#engine.fleet;
      const isWhole = status === 'ready' && slots.capacity > 0;
      if (!isWhole && status !== 'starting') this.#complaints.push(`the fleet became ${status}`);
    });
  }

  /** An engine that is ready. `cancelGraceMs` 0: an interrupt follows each cancel at once. */
  static async start(slots: number, workDir: string): Promise<SoakEngine> {
    const { createEngine } = (await import(ENGINE)) as typeof import('../../src/server/engine.ts');
    const engine = new SoakEngine(createEngine, {
      ...CONFIG_DEFAULTS,
      predictorPath: PREDICTOR,
      predictorExport: slots === 1 ? 'oneSlot' : 'manySlots',
      concurrency: slots,
      cancelGraceMs: 0,
      cancelKillMs: PREDICTION_MS / 2,
      retention: 0,
      restart: 'never',
      workDir,
    });
    engine.#engine.start();
    await engine.#engine.fleet.settledStart();
    if (engine.#engine.fleet.status !== 'ready') throw new Error(engine.#engine.fleet.setup.logs);
    return engine;
  }

  get stages(): Readonly<Record<CancelStage, number>> {
    return this.#engine.service.cancelStages;
  }

  /** What went wrong outside any one prediction. */
  complaints(): readonly string[] {
    return this.#complaints;
  }

  /** Null where every slot is busy. */
  async submit(
    id: string,
    input: JsonObject,
    observers: readonly PredictionObserver[],
  ): Promise<Prediction | null> {
    const tell: PredictionObserver = (event, prediction) => {
      // In a turn of its own: only then is the id free again.
      if (event.type === 'completed') queueMicrotask(() => this.#waiting.get(prediction)?.());
    };
    try {
      return await this.#engine.service.submit({
        id: asPredictionId(id),
        mode: 'predict',
        input,
        context: {},
        observers: [...observers, tell],
        trace: {},
        cancelAfterMs: null,
      });
    } catch (error) {
      if (error instanceof Error && Reflect.get(error, 'code') === 'PAWL_AT_CAPACITY') return null;
      throw error;
    }
  }

  cancel(id: string): boolean {
    return this.#engine.service.cancel('predict', asPredictionId(id)) !== null;
  }

  async ended(prediction: Prediction): Promise<void> {
    if (prediction.isTerminal) return;
    const overdue = new AbortController();
    const late = pause(PREDICTION_MS, true, { signal: overdue.signal }).catch(() => false);
    const end = new Promise<false>((resolve) => this.#waiting.set(prediction, () => resolve(false)));
    const isLate = await Promise.race([late, end]);
    overdue.abort();
    this.#waiting.delete(prediction);
    if (isLate) throw new PawlError('PAWL_PROTOCOL', `prediction ${prediction.id} has not ended`);
  }

  async figures(): Promise<Figures> {
    const prediction = await this.submit('figures', { way: 'figures', tag: '' }, []);
    if (prediction === null) throw new Error('no slot is free for the figures');
    await this.ended(prediction);
    return prediction.output as unknown as Figures;
  }

  /** Share of a processor, 0 to 1, that the worker uses while it has nothing to do. */
  async idleLoad(workerPid: number): Promise<number> {
    const before = processorMs(workerPid);
    const began = performance.now();
    await pause(IDLE_MS);
    return (processorMs(workerPid) - before) / (performance.now() - began);
  }

  /** Null once nothing of the races is left, else what is. */
  async leftovers(workerPid: number): Promise<string | null> {
    const deadline = performance.now() + SETTLE_MS;
    for (;;) {
      const { slots } = this.#engine.fleet;
      const processes = descendantsOf(workerPid);
      if (slots.available === slots.capacity && processes.length === 0) return null;
      if (performance.now() > deadline) {
        return `${slots.available} of ${slots.capacity} slots are free, ${processes.length} subprocesses are left`;
      }
      await pause(20);
    }
  }

  stop(): Promise<void> {
    return this.#engine.stop(0);
  }
}

/** Linux counts in hundredths of a second. */
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
