// Health as clients and probes see it, from a real worker whose healthcheck() does as it is told.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { childrenOf } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/healthy.mjs';
const folder = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
const healthFile = path.join(folder, 'health');
const readinessFile = path.join(folder, 'run', 'cog', 'ready');
const ASYNC = { prefer: 'respond-async' };
let server: RunningServer | null = null;

afterEach(async () => {
  await server?.stop();
  server = null;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const be = (what: string) => writeFileSync(healthFile, what);

async function start(
  args: readonly string[] = [],
  until: 'ready' | 'listening' = 'ready',
): Promise<RunningServer> {
  server = await startServer(PREDICTOR, { args, env: { HEALTH_FILE: healthFile }, until });
  return server;
}

interface Health {
  readonly status: string;
  readonly user_healthcheck_error?: string;
  readonly setup: { readonly status: string; readonly logs: string };
  readonly version: unknown;
}

async function health(url: string): Promise<Health> {
  const response = await fetch(`${url}/health-check`);
  expect(response.status).toBe(200);
  return (await response.json()) as Health;
}

async function codes(url: string): Promise<number[]> {
  const probes = ['/livez', '/readyz', '/startupz'].map(
    async (probe) => (await fetch(`${url}${probe}`)).status,
  );
  return Promise.all(probes);
}

const becomes = (url: string, status: string) =>
  eventually(status, async () => {
    const report = await health(url);
    return report.status === status ? report : null;
  });

describe('the user’s healthcheck()', () => {
  it('decides between READY and UNHEALTHY, in Cog’s words', async () => {
    be('ok');
    const { url } = await start();
    for (const [what, error] of [
      ['false', 'Healthcheck failed: user-defined healthcheck returned False'],
      ['nothing', null],
      ['asyncFalse', 'Healthcheck failed: user-defined healthcheck returned False'],
      ['zero', null],
      ['throws', 'Healthcheck failed: RangeError: no GPU'],
      ['ok', null],
      ['rejects', 'Healthcheck failed: just text'],
      ['exits', 'Healthcheck failed: SystemExit: process.exit(7) was called'],
      ['ok', null],
    ] as const) {
      be(what);
      const report = await becomes(url, error === null ? 'READY' : 'UNHEALTHY');
      if (error === null) expect(report).not.toHaveProperty('user_healthcheck_error');
      else
        await eventually(error, async () =>
          (await health(url)).user_healthcheck_error === error ? true : null,
        );
    }
    // Sick or not, what it prints is in no prediction's log, and predictions are taken.
    be('false');
    await becomes(url, 'UNHEALTHY');
    expect(await predict(url, {})).toMatchObject({ status: 200, body: { status: 'succeeded', logs: '' } });
    expect(await codes(url)).toEqual([200, 503, 200]);
  });

  it('keeps neither predictions nor cancels waiting while it hangs', async () => {
    be('hangs');
    const { url } = await start([], 'listening');
    await eventually('the end of setup', async () =>
      (await fetch(`${url}/startupz`)).status === 200 ? true : null,
    );
    const asked = health(url);
    const release = path.join(folder, 'never');
    const { body } = await predict(url, { release }, ASYNC);
    expect((await predict(url, {})).body.status).toBe('succeeded');
    expect((await fetch(`${url}/predictions/${body.id}/cancel`, { method: 'POST' })).status).toBe(200);
    expect(await asked).toMatchObject({
      status: 'UNHEALTHY',
      user_healthcheck_error: 'Healthcheck failed: user-defined healthcheck timed out after 5.0 seconds',
    });
    expect((await getPrediction(url, body.id)).body.status).toBe('canceled');
  });

  it('is ended where it blocks, and the worker goes on', async () => {
    be('ok');
    const { url, pid } = await start();
    const [worker] = childrenOf(pid);
    be('blocks');
    const report = await becomes(url, 'UNHEALTHY');
    expect(report.user_healthcheck_error).toContain('timed out after 5.0 seconds');
    be('ok');
    expect((await predict(url, {})).body.status).toBe('succeeded');
    await becomes(url, 'READY');
    expect(childrenOf(pid)).toEqual([worker]);
  });

  it('runs once for everybody who asks within a second', async () => {
    be('ok');
    const { url } = await start();
    const before = Number((await predict(url, {})).body.output);
    await Promise.all(Array.from({ length: 20 }, () => health(url)));
    const after = Number((await predict(url, {})).body.output);
    // One more where the second was over in between.
    expect(after - before).toBeLessThanOrEqual(2);
  });
});

describe('health without a worker', () => {
  it('is DEFUNCT, and 503 for predictions, when the worker died and is not restarted', async () => {
    be('ok');
    const { url } = await start(['--restart', 'never']);
    const killed = await predict(url, { die: true });
    expect(killed).toMatchObject({
      status: 200,
      body: {
        status: 'failed',
        error_code: 'PAWL_WORKER_CRASHED',
        error: expect.stringContaining('SIGKILL'),
      },
    });
    const report = await becomes(url, 'DEFUNCT');
    expect(report).toMatchObject({
      setup: { status: 'succeeded' },
      version: { pawl: expect.any(String), node: process.versions.node, coglet: expect.any(String) },
    });
    expect(await codes(url)).toEqual([503, 503, 200]);
    const refused = await predict(url, {});
    expect(refused).toMatchObject({ status: 503, body: { code: 'PAWL_DEFUNCT', status: 'failed' } });
  });

  it('is never READY: STARTING until the next worker is there', async () => {
    be('ok');
    const { url, pid } = await start();
    const [first] = childrenOf(pid);
    const seen = new Set<string>();
    await predict(url, { die: true });
    await eventually('the next worker', async () => {
      const { status } = await health(url);
      const [worker] = childrenOf(pid);
      // The pid is looked at after the answer: READY may only be said where the new one is there.
      if (status === 'READY') expect([undefined, first]).not.toContain(worker);
      seen.add(status);
      return status === 'READY' ? true : null;
    });
    expect([...seen]).toEqual(['STARTING', 'READY']);
    expect((await predict(url, {})).body.status).toBe('succeeded');
  });
});

describe('--readiness-file', () => {
  const present = (expected: boolean) =>
    eventually(`the file is ${expected ? 'there' : 'gone'}`, () =>
      existsSync(readinessFile) === expected ? true : null,
    );

  it('exists while the server is ready and its healthcheck content, and is gone with the server', async () => {
    be('false');
    // Left by a server that was killed.
    mkdirSync(path.dirname(readinessFile), { recursive: true });
    writeFileSync(readinessFile, '');
    const args = ['--readiness-file', readinessFile, '--restart', 'never'];
    const { url } = await start(args, 'listening');
    await present(false);
    await becomes(url, 'UNHEALTHY');
    expect(existsSync(readinessFile)).toBe(false);
    for (const [what, expected] of [
      ['ok', true],
      ['throws', false],
      ['ok', true],
    ] as const) {
      be(what);
      await present(expected);
    }
    await predict(url, { die: true });
    await present(false);
    // The file goes with the first sign of the death, the status when the process has been seen to end.
    await becomes(url, 'DEFUNCT');
  });

  it.each(['SIGTERM', 'POST /shutdown'])('is removed as soon as %s begins the drain', async (how) => {
    be('ok');
    const running = await start(['--readiness-file', readinessFile, '--shutdown-grace', '60']);
    await present(true);
    const release = path.join(folder, `release-${how.replace(/\W/g, '')}`);
    const { body } = await predict(running.url, { release }, ASYNC);
    if (how === 'SIGTERM') process.kill(running.pid, 'SIGTERM');
    else await fetch(`${running.url}/shutdown`, { method: 'POST' });
    await present(false);
    expect((await getPrediction(running.url, body.id)).body.status).toBe('processing');
    writeFileSync(release, '');
    expect((await running.exited).code).toBe(0);
  });
});
