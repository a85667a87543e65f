// A worker that dies: its predictions fail with the likely cause and its last words, and their logs are complete.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, type PredictionBody, predict } from '../helpers/predictions.ts';
import { childrenOf } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';
import { whileStopped } from '../helpers/stopped-server.ts';
import { compileAddon } from '../native/fixture-addon.ts';

const PREDICTOR = 'test/fixtures/predictors/crashes.mjs';
const MARKER = '[**** OUTPUT MAY BE MISSING HERE: THE WORKER DIED WHILE IT SENT IT ****]';
const dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
let CRASH_ADDON: string;
let server: RunningServer;

beforeAll(() => {
  CRASH_ADDON = compileAddon('crash', dir);
});
afterEach(() => server.stop());
afterAll(() => rmSync(dir, { recursive: true }));

const start = async (name: string, slots = '1', env: Readonly<Record<string, string>> = {}) => {
  server = await startServer(`${PREDICTOR}:${name}`, {
    args: ['--concurrency', slots],
    env: { CRASH_ADDON, ...env },
  });
};
const run = async (input: Record<string, unknown>) => (await predict(server.url, input)).body;
const begin = async (input: Record<string, unknown>) =>
  (await predict(server.url, input, { prefer: 'respond-async' })).body.id;
const get = async (id: string) => (await getPrediction(server.url, id)).body;
const logged = (id: string, text: string) =>
  eventually(`"${text}" in the log`, async () => ((await get(id)).logs?.includes(text) ? true : null));
const ended = (id: string): Promise<PredictionBody> =>
  eventually('the end', async () => {
    const body = await get(id);
    return body.status === 'processing' ? null : body;
  });
/** The next worker takes over. */
const recovered = () =>
  eventually('the next worker', async () => {
    const { status, body } = await predict(server.url, { how: 'nothing' });
    return status === 200 && body.status === 'succeeded' ? true : null;
  });
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=64' };

describe('a worker that runs out of JavaScript heap', () => {
  it('fails its prediction with the cause, and V8’s words in its log', async () => {
    await start('oneSlot', '1', SMALL_HEAP);
    const body = await run({ how: 'heap', text: 'filling' });
    expect(body).toMatchObject({ status: 'failed', error_code: 'PAWL_WORKER_CRASHED' });
    expect(body.error).toMatch(
      /^the worker ran out of JavaScript heap \(SIG\w+; NODE_OPTIONS=--max-old-space-size/,
    );
    expect(body.error).toMatch(/while it ran this prediction; its last words: FATAL ERROR: .*heap/);
    expect(body.logs).toMatch(/^filling\n/);
    expect(body.logs).toContain('FATAL ERROR: ');
    expect(body.logs).toContain('Native stack trace');
    await recovered();
  });

  it('tells every prediction of the worker, and mixes no logs', async () => {
    await start('manySlots', '8', SMALL_HEAP);
    const neighbour = await begin({ how: 'waits', text: 'a secret of the neighbour' });
    await logged(neighbour, 'neighbour');
    const culprit = await run({ how: 'heap', text: 'filling' });
    const other = await ended(neighbour);
    for (const { status, error } of [culprit, other]) {
      expect(status).toBe('failed');
      expect(error).toMatch(/ran out of JavaScript heap .*its last words: FATAL ERROR: /);
    }
    expect(culprit.error).not.toContain('secret');
    expect([culprit.logs, other.logs]).toEqual(['filling\n', 'a secret of the neighbour\n']);
    const unattributed = server
      .stderr()
      .split('\n')
      .filter((line) => line.includes('"unattributed"'));
    expect(unattributed.join('\n')).toContain('FATAL ERROR: ');
    await recovered();
  });
});

describe('native code', () => {
  it('that aborts is quoted', async () => {
    await start('oneSlot');
    const text = 'terminate called after throwing an instance of ModelError';
    const body = await run({ how: 'abort', text });
    expect(body.error).toBe(
      `the worker aborted (SIGABRT) while it ran this prediction; its last words: ${text}`,
    );
    expect(body.logs).toBe(`${text}\n`);
  });

  it('that crashes leaves what was said before', async () => {
    await start('manySlots', '8');
    const body = await run({ how: 'segfault', text: 'entering the kernel' });
    expect(body.error).toMatch(/^the worker crashed in native code \(SIGSEGV\) while it ran this prediction/);
    await recovered();
  });

  it('that aborts in setup() is quoted in setup.logs', async () => {
    server = await startServer(`${PREDICTOR}:FailsInSetup`, { env: { CRASH_ADDON }, until: 'listening' });
    const { setup } = await eventually('the failure', async () => {
      const health = (await (await fetch(`${server.url}/health-check`)).json()) as {
        status: string;
        setup: { logs: string };
      };
      return health.status === 'SETUP_FAILED' ? health : null;
    });
    expect(setup.logs).toBe(
      'loading\nno such device\n' +
        'the worker aborted (SIGABRT) during setup; its last words: no such device\n',
    );
  });
});

describe('a worker that is killed, as the kernel does it for want of memory', () => {
  it('is quoted with what it said last', async () => {
    await start('oneSlot');
    const id = await begin({ how: 'waits', text: 'loading layer 41 of 50' });
    await logged(id, 'layer 41');
    process.kill(childrenOf(server.pid)[0] ?? 0, 'SIGKILL');
    expect((await ended(id)).error).toBe(
      'the worker was killed by SIGKILL (perhaps out of memory) while it ran this prediction; ' +
        'its last words: loading layer 41 of 50',
    );
  });

  it.each([
    // All of it fits into socket and pipe; of the other, the predictor waits in the middle.
    ['one slot', 'oneSlot', '1', 120_000],
    ['eight slots', 'manySlots', '8', 1_000_000],
  ])('leaves no hidden gap in the log, with %s', async (_, name, slots, count) => {
    await start(name, slots, { PAWL_LOG_LEVEL: 'error' });
    const [worker = 0] = childrenOf(server.pid);
    const after = path.join(dir, `begin-${name}`);
    const id = await begin({ how: 'lines', count, after });
    await whileStopped(
      server.pid,
      worker,
      () => writeFileSync(after, ''),
      () => process.kill(worker, 'SIGKILL'),
    );
    const { logs = '' } = await ended(id);
    const all = Array.from({ length: count }, (__, i) => `${i + 1}\n`).join('');
    const [sent = '', left = ''] = logs.split(`${MARKER}\n`);
    expect(all.startsWith(sent)).toBe(true);
    // What was still in the pipe: without the server that holds it, it would be gone.
    expect(left.length).toBeGreaterThan(30_000);
    const at = all.indexOf(left, sent.length);
    expect(at).toBeGreaterThanOrEqual(sent.length);
    expect(at - sent.length).toBeLessThan(256 * 1024);
    if (count === 120_000) expect(all.endsWith(left)).toBe(true);
  });
});
