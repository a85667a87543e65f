// Event streams of a real worker, read by a real client.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventClient } from '../helpers/event-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction } from '../helpers/predictions.ts';
import { childrenOf } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/streams.mjs';
// What breaks a line somewhere, what ends a C string, and half characters, which the worker makes whole.
const NASTY = [
  'a\nb\r\nc\rd',
  '\u0000',
  '\u0085\u2028\u2029',
  '\ud800',
  'x\udc00y',
  '\ufeff',
  '🦀é',
  '',
  null,
  [{}],
];

const ended = (url: string, id: string) =>
  eventually(`${id} ends`, async () => {
    const { body } = await getPrediction(url, id);
    return ['succeeded', 'failed', 'canceled'].includes(body.status) ? body : null;
  });

let dir: string;
let gate: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  gate = path.join(dir, 'gate');
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('an event stream', () => {
  let server: RunningServer;
  beforeAll(async () => {
    // Long enough for a machine that is busy.
    server = await startServer(PREDICTOR, { args: ['--stream-grace', '60'] });
  });
  afterAll(() => server.stop());

  it('brings each chunk while the predictor is still at work', async () => {
    const client = await EventClient.create(server.url, { count: 2, gate });
    await client.until('the first chunk', ({ type }) => type === 'output');
    expect(client.types).toEqual(['start', 'output']);
    writeFileSync(gate, '');
    const { data } = await client.completed();
    expect(data).toMatchObject({ status: 'succeeded', output: [0, 1], input: { count: 2, gate } });
    expect(await client.ended).toBe('ended');
    expect(client.types).toEqual(['start', 'output', 'output', 'completed']);
  });

  it('brings chunks that no line could hold, as they were', async () => {
    const client = await EventClient.create(server.url, { chunks: NASTY });
    await client.completed();
    const whole = NASTY.map((chunk) => (typeof chunk === 'string' ? chunk.toWellFormed() : chunk));
    expect(client.chunks).toEqual(whole);
  });

  it('brings 100,000 chunks, each once and in order', async () => {
    const client = await EventClient.create(server.url, { count: 100_000 });
    await client.completed();
    expect(client.chunks).toEqual(Array.from({ length: 100_000 }, (_, i) => i));
    const numbers = client.events.map(({ id }) => Number(id?.split('-')[1]));
    expect(numbers).toEqual(Array.from({ length: 100_002 }, (_, i) => i));
  });

  it('can be read by several, from the start, by any request', async () => {
    const first = await EventClient.create(server.url, { count: 3, gate }, 'shared');
    await first.until('the first chunk', ({ type }) => type === 'output');
    const others = await Promise.all([
      EventClient.open(`${server.url}/predictions/shared/stream`),
      EventClient.open(`${server.url}/predictions/shared`, { method: 'PUT', input: {} }),
    ]);
    writeFileSync(gate, '');
    const all = [first, ...others];
    await Promise.all(all.map((client) => client.completed()));
    const late = await EventClient.open(`${server.url}/predictions/shared/stream`);
    await late.completed();
    for (const client of [...all, late]) expect(client.events).toEqual(first.events);
  });

  it('goes on for a reader that comes back in time, where it was', async () => {
    const before = await EventClient.create(server.url, { count: 3, gate }, 'back');
    await before.until('the first chunk', ({ type }) => type === 'output');
    await before.leave();
    const after = await EventClient.open(`${server.url}/predictions/back/stream`, {
      headers: { 'last-event-id': before.lastId },
    });
    writeFileSync(gate, '');
    expect((await after.completed()).data).toMatchObject({ status: 'succeeded', output: [0, 1, 2] });
    expect(after.types).toEqual(['output', 'output', 'completed']);
    const again = await EventClient.open(`${server.url}/predictions/back/stream`, {
      headers: { 'last-event-id': after.lastId },
    });
    expect(again.response.status).toBe(204);
  });

  it('tells a late reader of a flood of logs how much it has missed', async () => {
    const client = await EventClient.create(server.url, { count: 1, logs: 20_000 }, 'flood');
    await client.completed();
    const late = await EventClient.open(`${server.url}/predictions/flood/stream`);
    const { data } = await late.completed();
    expect(late.types[0]).toBe('gap');
    const seen = client.events.length;
    expect(late.events[0]?.data).toEqual({ skipped: seen - (late.events.length - 1) });
    expect(String(data.logs).split('\n')).toHaveLength(20_001);
  });
});

describe('the end of an event stream', () => {
  let server: RunningServer;
  beforeEach(async () => {
    server = await startServer(PREDICTOR, { args: ['--shutdown-grace', '0', '--stream-grace', '0.2'] });
  });
  afterEach(() => server.stop());

  it('comes with its last reader: when that has been gone for a while, the prediction is canceled', async () => {
    const client = await EventClient.create(server.url, { count: 2, gate }, 'left');
    await client.until('the first chunk', ({ type }) => type === 'output');
    await client.leave();
    expect(await ended(server.url, 'left')).toMatchObject({ status: 'canceled', output: [0] });
  });

  it('does not matter to a prediction that was not created for its readers', async () => {
    await fetch(`${server.url}/predictions/free`, {
      method: 'PUT',
      headers: { prefer: 'respond-async', 'content-type': 'application/json' },
      body: JSON.stringify({ input: { count: 2, pace: 600 } }),
    });
    const client = await EventClient.open(`${server.url}/predictions/free/stream`);
    await client.until('the start', ({ type }) => type === 'start');
    await client.leave();
    expect(await ended(server.url, 'free')).toMatchObject({ status: 'succeeded' });
  });

  it('is completed, also where the server is stopped', async () => {
    const client = await EventClient.create(server.url, { count: 2, gate });
    await client.until('the first chunk', ({ type }) => type === 'output');
    const stopped = server.stop();
    expect((await client.completed()).data).toMatchObject({ status: 'canceled', output: [0] });
    expect(await client.ended).toBe('ended');
    expect(await stopped).toEqual({ code: 0, signal: null });
  });

  it('is completed, also where the worker dies', async () => {
    const client = await EventClient.create(server.url, { count: 2, gate });
    await client.until('the first chunk', ({ type }) => type === 'output');
    for (const pid of childrenOf(server.pid)) process.kill(pid, 'SIGKILL');
    expect((await client.completed()).data).toMatchObject({
      status: 'failed',
      error_code: 'PAWL_WORKER_CRASHED',
      output: [0],
    });
    expect(await client.ended).toBe('ended');
  });
});

it('streams nothing of a predictor that says streaming: false', async () => {
  const server = await startServer(`${PREDICTOR}:Silent`);
  try {
    const { response } = await EventClient.create(server.url, {}, 'a');
    expect(response.status).toBe(406);
    const put = await EventClient.open(`${server.url}/predictions/a`, { method: 'PUT', input: {} });
    expect(put.response.status).toBe(406);
  } finally {
    await server.stop();
  }
});
