import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

describe('what predict() returns decides', () => {
  let server: RunningServer;
  const dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  const run = async (input: Record<string, unknown>) => (await predict(server.url, input)).body;

  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/kinds.mjs');
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  it('a value, a promise and nothing', async () => {
    expect((await run({ kind: 'value', value: { a: [1] } })).output).toEqual({ a: [1] });
    expect((await run({ kind: 'promise', value: 'later' })).output).toBe('later');
    const nothing = await run({ kind: 'nothing' });
    expect(nothing).toMatchObject({ status: 'succeeded', output: null });
  });

  it('a generator and an async generator give lists, with one item and with none', async () => {
    expect((await run({ kind: 'generator', count: 3 })).output).toEqual([0, 1, 2]);
    expect((await run({ kind: 'generator', count: 1 })).output).toEqual([0]);
    expect((await run({ kind: 'generator', count: 0 })).output).toEqual([]);
    expect((await run({ kind: 'asyncGenerator', count: 2 })).output).toEqual([0, 1, 'last']);
    expect((await run({ kind: 'asyncOfGenerator', count: 2 })).output).toEqual([0, 1]);
  });

  it('a generator logs into its own prediction', async () => {
    expect((await run({ kind: 'generator', count: 2 })).logs).toBe('yielding 0\nyielding 1\n');
  });

  it.each(['generator', 'asyncGenerator'])(
    '%s: what is printed before an item comes before it',
    async (kind) => {
      const count = 300;
      const response = await fetch(`${server.url}/predictions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ input: { kind, count } }),
      });
      const events = [...(await response.text()).matchAll(/^event: (log|output)\ndata: (.*)$/gm)];
      const order = events.flatMap(([, event, data]) => {
        const { data: lines = '', chunk } = JSON.parse(data ?? '');
        return event === 'log' ? lines.trimEnd().split('\n') : [`item ${chunk}`];
      });
      const seen = new Set<string>();
      for (const line of order.slice(0, 2 * count)) {
        const item = /^item (\d+)$/.exec(line)?.[1];
        if (item !== undefined) expect(seen.has(`yielding ${item}`)).toBe(true);
        seen.add(line);
      }
      expect(seen.size).toBe(2 * count);
    },
  );

  it('an async generator is seen item by item while it runs', async () => {
    const release = path.join(dir, 'release');
    const input = { kind: 'asyncGenerator', count: 2, release };
    const { body } = await predict(server.url, input, { prefer: 'respond-async' });
    const partial = await eventually('two items', async () => {
      const seen = (await getPrediction(server.url, body.id)).body;
      return Array.isArray(seen.output) && seen.output.length === 2 ? seen : null;
    });
    expect(partial).toMatchObject({ status: 'processing', output: [0, 1] });
    writeFileSync(release, '');
    await eventually('the end', async () => {
      const seen = (await getPrediction(server.url, body.id)).body;
      return seen.status === 'succeeded' ? seen : null;
    });
  });

  it('a failure after some items keeps them', async () => {
    for (const kind of ['failsMidway', 'asyncFailsMidway']) {
      expect(await run({ kind })).toMatchObject({
        status: 'failed',
        error: 'TypeError: exploded',
        error_code: 'PAWL_PREDICT_FAILED',
        output: ['first'],
      });
    }
  });

  it('a value that JSON cannot carry fails and names the path', async () => {
    const body = await run({ kind: 'unencodable' });
    expect(body).toMatchObject({ status: 'failed', error_code: 'PAWL_OUTPUT_INVALID' });
    expect(body.error).toContain('scores[1]');
  });

  it('an error that only speaks of a cancel is a failure', async () => {
    const error = 'Error: the order was cancelled by its customer';
    expect(await run({ kind: 'speaksOfCancel' })).toMatchObject({ status: 'failed', error });
  });

  it('a throw that is not an Error is still reported', async () => {
    const body = await run({ kind: 'throwsText' });
    expect(body.status).toBe('failed');
    expect(body.error).toContain('only text');
  });

  it.each([
    ['exit', /SystemExit: process\.exit\(3\) was called/],
    ['swallowedExit', /SystemExit/],
    ['timerThrow', /thrown in a timer/],
    ['unhandled', /nobody handles this/],
  ])('%s fails the prediction and leaves the worker alive', async (kind, error) => {
    const body = await run({ kind });
    expect(body.status).toBe('failed');
    expect(body.error).toMatch(error);
    expect(body.logs).toMatch(/kinds\.mjs:\d+/);
    expect((await run({ kind: 'value', value: 1 })).output).toBe(1);
    expect(server.stderr()).not.toMatch(/worker (ended|crashed|exited)/);
  });
});
