// Floods that nobody takes: what is written waits for its reader, or is dropped and counted; it never piles up.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { childrenOf, isAlive, peakBytes } from '../helpers/processes.ts';
import { type RunningServer, type StartOptions, startServer } from '../helpers/start-server.ts';
import { whileStopped } from '../helpers/stopped-server.ts';

const MiB = 1024 * 1024;
const PREDICTOR = 'test/fixtures/predictors/floods.mjs';
/** A worker that waits has about 130 MiB at its most; one that piles up has several hundred. */
const WORKER_PEAK_MAX = 220 * MiB;
/** With a log of 32 MiB, which its answer copies twice, 430 MiB were seen; a log that piled up would add 330. */
const SERVER_PEAK_MAX = 560 * MiB;
const QUIET = { env: { PAWL_LOG_LEVEL: 'error' } } as const;
async function start(name: string, slots: string, options: StartOptions = {}) {
  const args = ['--concurrency', slots, ...(options.args ?? [])];
  const server = await startServer(`${PREDICTOR}:${name}`, { ...options, args });
  onTestFinished(async () => {
    // SIGKILL ends a stopped process too, and nobody waits for what the worker still has to say.
    if (isAlive(server.pid)) process.kill(server.pid, 'SIGKILL');
    await server.exited;
  });
  const [worker = 0] = childrenOf(server.pid);
  return { server, worker };
}

const served = async ({ url }: RunningServer) =>
  expect((await predict(url, { how: 'nothing' })).body.status).toBe('succeeded');

describe.each(['lateConsole', 'lateRejections'])('%s after the end of its prediction', (how) => {
  it('waits for a server that has stopped', async () => {
    const { server, worker } = await start('manySlots', '8', QUIET);
    await predict(server.url, { how, count: 1_000_000 });
    await whileStopped(server.pid, worker, () => {});
    expect(peakBytes(worker)).toBeLessThan(WORKER_PEAK_MAX);
  });
});

describe.each(['outputs', 'metrics'])('%s', (how) => {
  it('wait for a server that has stopped', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const after = path.join(dir, 'begin');
    const { server, worker } = await start('manySlots', '1', QUIET);
    // 190 MiB, all of which a worker that does not wait would hold.
    const input = { how, count: 12_000, after };
    expect((await predict(server.url, input, { prefer: 'respond-async' })).status).toBe(202);
    await whileStopped(server.pid, worker, () => writeFileSync(after, ''));
    expect(peakBytes(worker)).toBeLessThan(WORKER_PEAK_MAX);
    // The only slot is free when all of it has arrived; the same worker goes on.
    await eventually('the next prediction', async () => {
      const { status, body } = await predict(server.url, { how: 'nothing' });
      return status === 200 && body.status === 'succeeded' ? true : null;
    });
    expect(childrenOf(server.pid)).toEqual([worker]);
  });
});

describe('text of any length after the end of its prediction', () => {
  it('leaves the worker alive', async () => {
    const { server, worker } = await start('oneSlot', '1');
    for (const [how, text] of [
      ['lateText', /y{1000}/],
      ['lateError', /z{1000}/],
    ] as const) {
      await predict(server.url, { how, count: 9 * MiB });
      await eventually('the text', () => (text.test(server.stderr()) ? true : null));
    }
    await served(server);
    expect(childrenOf(server.pid)).toEqual([worker]);
  });
});

describe('a server whose stderr nobody reads', () => {
  // 360 MB, of which 32 MiB are kept as the log of the prediction.
  const flood = { how: 'subprocess', count: 6_000_000 };

  it('stays small, and tells in its log what is missing', async () => {
    const { server } = await start('manySlots', '1', { holdStderr: true });
    await predict(server.url, flood);
    expect(peakBytes(server.pid)).toBeLessThan(SERVER_PEAK_MAX);
    server.releaseStderr();
    await eventually('the gap', () => (/log lines are missing here/.test(server.stderr()) ? true : null));
    await served(server);
  });

  it('stays small with a log for people too, and ends in time', async () => {
    const { server } = await start('manySlots', '1', { args: ['--log-format', 'pretty'], holdStderr: true });
    await predict(server.url, flood);
    expect(peakBytes(server.pid)).toBeLessThan(SERVER_PEAK_MAX);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('a subprocess of setup() that writes for ever', () => {
  it('costs nobody a slot, nor memory', async () => {
    const { server, worker } = await start('FloodingHelper', '1');
    for (let i = 0; i < 20; i += 1) {
      expect((await predict(server.url, {})).body).toMatchObject({ status: 'succeeded', output: 'served' });
    }
    expect(peakBytes(worker)).toBeLessThan(WORKER_PEAK_MAX);
    expect(peakBytes(server.pid)).toBeLessThan(SERVER_PEAK_MAX);
  });
});

describe('a flood in setup()', () => {
  it('is cut in setup.logs, with the exact count', async () => {
    const { server, worker } = await start('FloodingSetup', '1', QUIET);
    const { setup } = (await (await fetch(`${server.url}/health-check`)).json()) as {
      setup: { logs: string };
    };
    const line = 'flood '.repeat(10).trimEnd().length + 1;
    const [, dropped] =
      /^\[\*{4} (\d+) BYTES OF EARLIER SETUP OUTPUT DROPPED \*{4}\]\n/.exec(setup.logs) ?? [];
    const kept = setup.logs.slice(setup.logs.indexOf('\n') + 1).length;
    expect(kept + Number(dropped)).toBe(500_000 * line);
    expect(peakBytes(worker)).toBeLessThan(WORKER_PEAK_MAX);
  });
});
