import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PawlError } from '../../../../src/errors.ts';
import { limit } from '../../../../src/limits.ts';
import { ReadinessFile } from '../../../../src/server/health/readiness-file.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { RecordingLogger } from '../../../helpers/recording-logger.ts';
import { ScriptedFleet } from '../../../helpers/scripted-fleet.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function readiness(file = path.join(folder, 'run', 'ready')) {
  const fleet = new ScriptedFleet();
  const clock = new ManualClock();
  const log = new RecordingLogger();
  let refusal: PawlError | null = new PawlError('PAWL_NOT_READY', 'not yet');
  const health = { readiness: () => Promise.resolve(refusal) };
  const readinessFile = new ReadinessFile(file, { fleet, health, clock, log });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    file,
    clock,
    log,
    readinessFile,
    /** The workers came or went. */
    become: async (isReady: boolean) => {
      refusal = isReady ? null : new PawlError('PAWL_NOT_READY', 'gone');
      fleet.become(isReady ? 'ready' : 'recovering');
      await settle();
    },
    /** Only the user's healthcheck changed its mind. */
    feel: (isWell: boolean) => {
      refusal = isWell ? null : new PawlError('PAWL_UNHEALTHY', 'no GPU');
    },
    tick: async () => {
      clock.advance(limit('readinessCheckMs'));
      await settle();
    },
  };
}

it('follows the workers at once', async () => {
  const { file, readinessFile, become } = readiness();
  readinessFile.open();
  expect(existsSync(file)).toBe(false);
  for (const isReady of [true, false, true]) {
    await become(isReady);
    expect(existsSync(file)).toBe(isReady);
  }
  readinessFile.close();
  expect(existsSync(file)).toBe(false);
});

it('follows the healthcheck at its next turn', async () => {
  const { file, readinessFile, become, feel, tick } = readiness();
  readinessFile.open();
  await become(true);
  for (const isWell of [false, true, false]) {
    feel(isWell);
    await tick();
    expect(existsSync(file)).toBe(isWell);
  }
  readinessFile.close();
});

it('removes what an earlier server left', () => {
  const file = path.join(folder, 'ready');
  writeFileSync(file, '');
  const { readinessFile } = readiness(file);
  readinessFile.open();
  expect(existsSync(file)).toBe(false);
  readinessFile.close();
});

it('stays gone once closed, whatever is found out later', async () => {
  const { file, clock, readinessFile, become, tick } = readiness();
  readinessFile.open();
  const late = become(true);
  readinessFile.close();
  await late;
  await become(true);
  await tick();
  expect(existsSync(file)).toBe(false);
  expect(clock.pending).toBe(0);
});

it('says once that the file cannot be written, and writes it when it can', async () => {
  const blocked = path.join(folder, 'blocked');
  writeFileSync(blocked, 'no directory');
  const { file, log, readinessFile, become, tick } = readiness(path.join(blocked, 'ready'));
  // Its directory is a file: there is nothing to remove, and that is no reason for a warning.
  readinessFile.open();
  await become(true);
  await tick();
  expect(log.lines.map(({ message }) => message)).toEqual([
    `the readiness file ${file} cannot be written; name another --readiness-file, or give the server the right to write it`,
  ]);
  rmSync(blocked);
  await tick();
  expect(existsSync(file)).toBe(true);
  readinessFile.close();
});
