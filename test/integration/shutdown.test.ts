import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { descendantsOf, isAlive } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/sleepy.mjs';

describe('stopping a server', () => {
  let dir: string;
  let workDir: string;
  let server: RunningServer;
  let tree: number[];

  const start = async (...args: string[]) => {
    server = await startServer(PREDICTOR, { args: ['--work-dir', workDir, ...args] });
    tree = descendantsOf(server.pid);
    expect(tree.length).toBeGreaterThanOrEqual(2);
  };
  const treeIsGone = () =>
    eventually('every process of the worker is gone', () => (tree.some(isAlive) ? null : true), 10_000);
  /** A prediction in flight, seen from inside the predictor. */
  const inFlight = async (input: Record<string, unknown>) => {
    const started = path.join(dir, 'started');
    const answer = predict(server.url, { ...input, started });
    await eventually('the prediction runs', () => (existsSync(started) ? true : null));
    return answer;
  };

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
    workDir = mkdtempSync(path.join(dir, 'work-'));
  });
  afterEach(async () => {
    if (isAlive(server.pid)) process.kill(server.pid, 'SIGKILL');
    await server.exited;
    rmSync(dir, { recursive: true });
  });

  it.each(['SIGTERM', 'SIGINT', 'POST /shutdown'])(
    '%s lets what runs finish, and leaves no process and no file',
    async (how) => {
      await start();
      const answer = inFlight({ ms: 400 });
      await eventually('the prediction runs', () => (existsSync(path.join(dir, 'started')) ? true : null));
      if (how === 'POST /shutdown') {
        const reply = await fetch(`${server.url}/shutdown`, { method: 'POST' });
        expect([reply.status, await reply.json()]).toEqual([200, {}]);
      } else {
        process.kill(server.pid, how as NodeJS.Signals);
      }
      const { status, body } = await answer;
      expect([status, body.status]).toEqual([200, 'succeeded']);
      expect(await server.exited).toEqual({ code: 0, signal: null });
      await treeIsGone();
      expect(readdirSync(workDir)).toEqual([]);
    },
  );

  it('cancels what still runs when the grace period is over', async () => {
    await start('--shutdown-grace', '0.3');
    const answer = inFlight({ ms: 600_000 });
    await eventually('the prediction runs', () => (existsSync(path.join(dir, 'started')) ? true : null));
    process.kill(server.pid, 'SIGTERM');
    expect((await answer).body.status).toBe('canceled');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await treeIsGone();
    expect(readdirSync(workDir)).toEqual([]);
  });

  it('ends a worker that blocks and ignores everything', async () => {
    await start('--shutdown-grace', '0.1', '--cancel-kill', '0.3');
    const answer = inFlight({ block: true }).catch(() => null);
    await eventually('the prediction runs', () => (existsSync(path.join(dir, 'started')) ? true : null));
    process.kill(server.pid, 'SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await answer;
    await treeIsGone();
    expect(readdirSync(workDir)).toEqual([]);
  });

  it.each([{ ms: 600_000 }, { block: true }])(
    'a server killed by SIGKILL takes its worker and the worker’s subprocesses with it (%j)',
    async (input) => {
      await start();
      const answer = inFlight(input).catch(() => null);
      await eventually('the prediction runs', () => (existsSync(path.join(dir, 'started')) ? true : null));
      process.kill(server.pid, 'SIGKILL');
      await answer;
      await treeIsGone();
      expect(readdirSync(workDir)).toEqual([]);
    },
  );

  it('waits for POST /shutdown where it is told to', async () => {
    await start('--await-explicit-shutdown');
    process.kill(server.pid, 'SIGTERM');
    expect((await predict(server.url, {})).body.status).toBe('succeeded');
    await fetch(`${server.url}/shutdown`, { method: 'POST' });
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await treeIsGone();
  });
});
