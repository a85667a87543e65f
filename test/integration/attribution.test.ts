// Output that does not come by the ways which know their prediction: it is in the right log or in none.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { isAlive } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';
import { compileAddon } from '../native/fixture-addon.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
let server: RunningServer;

beforeAll(async () => {
  const env = { PRINTF_ADDON: compileAddon('printf', dir) };
  server = await startServer('test/fixtures/predictors/attributions.mjs', { env });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

/** `party` predictions that name the same `meets` wait for each other. */
const run = async (how: string, name: string, party = 1, meets = `${how} of ${party}`) =>
  (await predict(server.url, { how, name, party, meets })).body;
/** The line of the server log that holds the text. */
const logged = (text: string) =>
  eventually(`"${text}" in the server log`, () => {
    const line = server
      .stderr()
      .split('\n')
      .find((candidate) => candidate.includes(text));
    return line === undefined ? null : (JSON.parse(line) as Record<string, unknown>);
  });

describe('native code', () => {
  it('is in the log of its prediction where that is the only one', async () => {
    const { status, logs } = await run('native', 'alone');
    expect([status, logs]).toEqual(['succeeded', 'alone printf\nalone write\n']);
  });

  it('is in the server log, marked, and in no prediction’s, where several run', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `n${i}`);
    const bodies = await Promise.all(names.map((name) => run('native', name, 8)));
    expect(bodies.map(({ logs }) => logs)).toEqual(names.map(() => ''));
    for (const name of names) {
      for (const way of ['printf', 'write']) {
        expect(await logged(`${name} ${way}`)).toMatchObject({ origin: 'unattributed', prediction: null });
      }
    }
  });
});

describe('work that outlives its prediction', () => {
  it('is in the server log, with the id', async () => {
    const bodies = await Promise.all(['a', 'b', 'c'].map((name) => run('late', name, 3)));
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      const prediction = bodies[i]?.id;
      expect(bodies[i]?.logs).toBe('');
      expect(await logged(`${name} late out`)).toMatchObject({
        origin: 'detached',
        stream: 'stdout',
        prediction,
      });
      expect(await logged(`${name} late err`)).toMatchObject({
        origin: 'detached',
        stream: 'stderr',
        prediction,
      });
    }
  });

  it.each([
    ['lateThrow', 'late throw', 'uncaught exception'],
    ['lateRejection', 'late rejection', 'unhandled rejection'],
  ])(
    'and fails then (%s) is told there, with its stack, and costs nobody anything',
    async (how, text, what) => {
      const neighbour = run('late', `beside-${how}`, 2, how);
      expect(await run(how, how, 2, how)).toMatchObject({ status: 'succeeded', logs: '' });
      expect((await neighbour).status).toBe('succeeded');
      const { msg } = await logged(`${how} ${text}`);
      expect(msg).toContain(what);
      expect(msg).toMatch(/attributions\.mjs:\d+/);
      expect((await run('late', `after-${how}`)).status).toBe('succeeded');
    },
  );
});

describe('threads of the user’s', () => {
  it('print into the log of the prediction that started them', async () => {
    const names = ['t0', 't1', 't2', 't3'];
    const bodies = await Promise.all(names.map((name) => run('threadConsole', name, 4)));
    expect(bodies.map(({ logs }) => logs)).toEqual(names.map((name) => `${name} thread\n`));
  });

  it('write raw into no log of another prediction', async () => {
    const names = ['r0', 'r1', 'r2', 'r3'];
    const bodies = await Promise.all(names.map((name) => run('threadRaw', name, 4)));
    expect(bodies.map(({ logs }) => logs)).toEqual(names.map(() => ''));
    for (const name of names) expect(await logged(`${name} raw`)).toMatchObject({ origin: 'unattributed' });
  });

  it('leave no subprocess behind when their prediction ends', async () => {
    const { output, status } = await run('threadChild', 'x');
    expect(status).toBe('succeeded');
    await eventually('its end', () => (isAlive(Number(output)) ? null : true), 5_000);
  });
});
