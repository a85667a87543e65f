// A fleet of fake workers in this process: real processes and sockets, the plans of fake-worker.mjs, a clock by hand
// where a test wants one, and a check that nothing stays behind.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { deferred } from '../../src/base/deferred.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { CONFIG_DEFAULTS, type Config } from '../../src/config.ts';
import { asPredictionId } from '../../src/protocol/ids.ts';
import type { Output } from '../../src/protocol/slot-messages.ts';
import type { Permit, SlotOutcome } from '../../src/server/slot/permit.ts';
import type { Fleet } from '../../src/server/supervisor/fleet.ts';
import { createFleet } from '../../src/server/supervisor/worker-pool.ts';
import { eventually } from './eventually.ts';
import { isAlive } from './processes.ts';
import { RecordingLogger } from './recording-logger.ts';

const WORKER = fileURLToPath(new URL('./fake-worker.mjs', import.meta.url));

/** Keys of fake-worker.mjs. */
export type Plan = { readonly [key: string]: unknown };

export interface FakeFleetOptions {
  /** One plan per start of a worker; the last one is used again and again. */
  readonly starts?: readonly Plan[];
  readonly config?: Partial<Config>;
  readonly clock?: Clock;
  /** Name of the work directory inside the test's own. */
  readonly workDirName?: string;
}

export interface FakeFleet {
  readonly fleet: Fleet;
  readonly logger: RecordingLogger;
  readonly workDir: string;
  /** Pids of all workers spawned so far. */
  pids(): number[];
  /** Resolves as soon as the fleet has this status. */
  reaches(status: Fleet['status']): Promise<void>;
}

/** A started fleet. After the test it is stopped, and no process or file of it may be left. */
export function fakeFleet({
  starts = [{}],
  config = {},
  clock = systemClock,
  workDirName = 'work',
}: FakeFleetOptions = {}): FakeFleet {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
  const logger = new RecordingLogger();
  const workDir = path.join(scratch, workDirName);
  const entry = fakeEntry(scratch, starts);
  const fleet = createFleet({
    config: fakeConfig(workDir, config),
    clock,
    logger,
    workerEntry: entry,
  });
  const pids = () =>
    logger.lines
      .filter(({ message }) => message === 'a worker was spawned')
      .map(({ fields }) => Number(fields.pid));
  onTestFinished(async () => {
    try {
      await fleet.stop();
      for (const pid of pids()) expect(isAlive(pid)).toBe(false);
      expect(existsSync(workDir) ? readdirSync(workDir) : []).toEqual([]);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
  fleet.start();
  return { fleet, logger, workDir, pids, reaches: (status) => reaches(fleet, status) };
}

/** The worker's entry; `scratch` is where it counts its starts. */
export function fakeEntry(scratch: string, starts: readonly Plan[]): string[] {
  const counter = starts.length > 1 ? path.join(scratch, 'starts') : null;
  return [WORKER, JSON.stringify({ starts, counter })];
}

export function fakeConfig(workDir: string, part: Partial<Config> = {}): Config {
  return { ...CONFIG_DEFAULTS, predictorPath: '/nonexistent/predict.ts', workDir, ...part };
}

function reaches(fleet: Fleet, status: Fleet['status']): Promise<void> {
  const reached = deferred();
  const look = () => {
    if (fleet.status !== status) return;
    unsubscribe();
    reached.resolve();
  };
  const unsubscribe = fleet.onChange(look);
  look();
  return reached.promise;
}

export interface Run {
  readonly permit: Permit;
  readonly outputs: Output[];
  readonly started: Promise<void>;
  readonly ended: Promise<SlotOutcome>;
  /** How often onEnd was called. */
  ends(): number;
}

let lastId = 0;

/** Runs one prediction on a free slot, which must exist. `started` resolves with its first log line. */
export function run(fleet: Fleet, input: JsonObject): Run {
  const permit = fleet.slots.tryAcquire();
  if (permit === null) throw new Error('no slot is free');
  const started = deferred();
  const ended = deferred<SlotOutcome>();
  const outputs: Output[] = [];
  let ends = 0;
  lastId += 1;
  permit.run(
    { id: asPredictionId(`p${lastId}`), mode: 'predict', input, files: [], context: {} },
    {
      onLog: () => started.resolve(),
      onOutput: (output) => outputs.push(output),
      onMetric: () => {},
      onUsage: () => {},
      onEnd: (outcome) => {
        ends += 1;
        ended.resolve(outcome);
      },
    },
  );
  return { permit, outputs, started: started.promise, ended: ended.promise, ends: () => ends };
}

export function errorOf(outcome: SlotOutcome): string {
  return outcome.status === 'failed' ? `${outcome.error.code}: ${outcome.error.message}` : outcome.status;
}

/** The pid that a plan with `grandchild` printed during setup. */
export async function grandchildPid(logger: RecordingLogger): Promise<number> {
  const { message } = await logger.line('grandchild ');
  return Number(message.split(' ')[1]);
}

export function gone(pid: number): Promise<true> {
  return eventually(`process ${pid} ends`, () => (isAlive(pid) ? null : (true as const)));
}
