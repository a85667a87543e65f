// Stopping: asked, told, killed; and nothing is left. Also healthchecks and the one-shot worker of `pawl schema`.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { limit } from '../../src/limits.ts';
import { describePredictor } from '../../src/server/supervisor/describe.ts';
import {
  errorOf,
  fakeConfig,
  fakeEntry,
  fakeFleet,
  gone,
  grandchildPid,
  type Plan,
  run,
} from '../helpers/fake-fleet.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { isAlive } from '../helpers/processes.ts';
import { RecordingLogger } from '../helpers/recording-logger.ts';

describe('stop', () => {
  it('ends the worker, its tree and its directory, and fails what still ran', async () => {
    const { fleet, logger, workDir, reaches, pids } = fakeFleet({ starts: [{ grandchild: 'own-session' }] });
    await reaches('ready');
    const grandchild = await grandchildPid(logger);
    expect(readdirSync(workDir)).toHaveLength(1);
    const { ended } = run(fleet, { do: 'wait' });
    await Promise.all([fleet.stop(), fleet.stop()]);
    expect(errorOf(await ended)).toBe(
      'PAWL_SHUTTING_DOWN: the server stopped its worker while it ran this prediction',
    );
    expect(pids().map(isAlive)).toEqual([false]);
    await gone(grandchild);
    expect(readdirSync(workDir)).toEqual([]);
    expect([fleet.status, fleet.slots.tryAcquire()]).toEqual(['stopped', null]);
  });

  it('goes from the message to SIGTERM to SIGKILL', async () => {
    const clock = new ManualClock();
    const { fleet, reaches, pids } = fakeFleet({
      starts: [{ ignoreShutdown: true, ignoreSigterm: true }],
      clock,
    });
    await reaches('ready');
    const [pid] = pids();
    const stopped = fleet.stop();
    await expect.poll(() => clock.isWaiting(limit('workerStopMs'))).toBe(true);
    clock.advance(limit('workerStopMs'));
    await expect.poll(() => clock.isWaiting(limit('workerTermMs'))).toBe(true);
    expect(isAlive(pid ?? 0)).toBe(true);
    clock.advance(limit('workerTermMs'));
    await stopped;
    expect(isAlive(pid ?? 0)).toBe(false);
  });

  it('ends a worker that listens to SIGTERM only', async () => {
    const clock = new ManualClock();
    const { fleet, reaches } = fakeFleet({ starts: [{ ignoreShutdown: true }], clock });
    await reaches('ready');
    const stopped = fleet.stop();
    await expect.poll(() => clock.isWaiting(limit('workerStopMs'))).toBe(true);
    clock.advance(limit('workerStopMs'));
    await stopped;
  });

  it('ends a worker in the middle of setup', async () => {
    const { fleet, logger, pids } = fakeFleet({ starts: [{ hangInSetup: true }] });
    await logger.line('setting up');
    await fleet.stop();
    expect(pids().map(isAlive)).toEqual([false]);
    expect(fleet.status).toBe('stopped');
  });

  it('at once after start leaves nothing', async () => {
    const { fleet, workDir } = fakeFleet();
    await fleet.stop();
    expect(existsSync(workDir) ? readdirSync(workDir) : []).toEqual([]);
  });

  it('calls off a restart that is due', async () => {
    const clock = new ManualClock();
    const { fleet, reaches, pids } = fakeFleet({ clock });
    await reaches('ready');
    await run(fleet, { do: 'exit', code: 3 }).ended;
    await expect.poll(() => clock.isWaiting(limit('restartDelayMsMin'))).toBe(true);
    await fleet.stop();
    clock.advance(limit('restartDelayMsMax'));
    expect([fleet.status, pids().length]).toEqual(['stopped', 1]);
  });
});

describe('healthcheck', () => {
  it.each([
    ['is healthy without a healthcheck()', {}, null],
    ['is healthy when the worker says so', { healthcheck: null }, null],
    ['gives the text of the worker', { healthcheck: 'GPU lost' }, 'GPU lost'],
    [
      'says when the worker died over it',
      { healthcheck: 'crash' },
      'the worker exited with code 3 during the healthcheck',
    ],
  ] as [string, Plan, string | null][])('%s', async (_name, plan, text) => {
    const { fleet, reaches } = fakeFleet({ starts: [plan], config: { restart: 'never' } });
    await reaches('ready');
    expect(await fleet.healthcheck()).toBe(text);
  });

  it('asks every worker: a sick one is found whichever it is', async () => {
    const starts = [{ healthcheck: null }, { healthcheck: 'GPU lost' }, { healthcheck: null }];
    const { fleet } = fakeFleet({ starts, config: { workers: 3 } });
    await expect.poll(() => fleet.slots.capacity).toBe(3);
    for (let times = 0; times < 3; times += 1) expect(await fleet.healthcheck()).toBe('GPU lost');
  });

  it('asks once for callers that come together', async () => {
    const { fleet, reaches } = fakeFleet({ starts: [{ healthcheck: 'no' }] });
    await reaches('ready');
    expect(fleet.healthcheck()).toBe(fleet.healthcheck());
    expect(await fleet.healthcheck()).toBe('no');
  });
});

describe('describePredictor', () => {
  function describeWith(plan: Plan) {
    const scratch = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
    onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
    const workDir = path.join(scratch, 'work');
    const workerEntry = fakeEntry(scratch, [plan]);
    const described = describePredictor(fakeConfig(workDir), new RecordingLogger(), { workerEntry });
    return { described, workDir };
  }

  it('gives the description, and leaves nothing', async () => {
    const { described, workDir } = describeWith({ title: 'described' });
    expect((await described).document['x-title']).toBe('described');
    expect(readdirSync(workDir)).toEqual([]);
  });

  it('rejects with the reason', async () => {
    const setupFailed = { name: 'Error', message: 'no such file', stack: null, code: 'PAWL_LOAD_FAILED' };
    const { described } = describeWith({ setupFailed });
    await expect(described).rejects.toMatchObject({
      code: 'PAWL_LOAD_FAILED',
      message: 'Error: no such file',
    });
  });

  it('rejects when the process ends without an answer', async () => {
    const { described } = describeWith({ crashAtStart: 9 });
    await expect(described).rejects.toThrow('the worker exited with code 9 during setup');
  });
});
