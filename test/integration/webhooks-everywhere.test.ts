// Webhooks of predictions that are read as event streams, and of trainings: the same as everywhere.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';
import { isEnd, receiveWebhooks, type WebhookReceiver } from '../helpers/webhook-receiver.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await receiveWebhooks();
});
afterEach(() => receiver.close());

function post(server: RunningServer, route: string, body: object, more: RequestInit = {}) {
  const headers = { ...JSON_TYPE, ...(more.headers as Record<string, string>) };
  return fetch(`${server.url}${route}`, { ...more, method: 'POST', headers, body: JSON.stringify(body) });
}

describe('a prediction that is read as an event stream', () => {
  let server: RunningServer;
  beforeAll(async () => {
    const args = ['--stream-grace', '0.05', '--webhook-interval', '0'];
    server = await startServer('test/fixtures/predictors/streams.mjs', { args });
  });
  afterAll(() => server.stop());
  const events = { headers: { accept: 'text/event-stream' } };

  it('tells its webhook the start, each output and the end, and its reader the same', async () => {
    const body = { id: 'read', input: { chunks: ['a', 'b'], logs: 1 }, webhook: receiver.url };
    const response = await post(server, '/predictions', body, events);
    const text = await response.text();
    expect(text).toMatch(/^event: completed$/m);
    const end = await receiver.first('the end', isEnd);
    expect(end.body).toMatchObject({ id: 'read', status: 'succeeded', output: ['a', 'b'] });
    // Later ones hold at least what earlier ones did.
    const lengths = receiver.received.map(
      ({ body: { output } }) => (output as unknown[] | undefined)?.length ?? 0,
    );
    expect(lengths).toEqual(lengths.toSorted());
    expect(receiver.statuses()).toEqual([
      ...receiver.statuses().slice(0, -1).fill('processing'),
      'succeeded',
    ]);
    const completed = JSON.parse(/^event: completed\ndata: (.*)$/m.exec(text)?.[1] ?? '{}');
    const { input: _input, ...told } = end.body;
    expect(completed).toMatchObject({ status: told.status, output: told.output, logs: told.logs });
  });

  it('tells it only what the filter names', async () => {
    const filter = { webhook: receiver.url, webhook_events_filter: ['completed'] };
    const response = await post(
      server,
      '/predictions',
      { id: 'few', input: { count: 3 }, ...filter },
      events,
    );
    await response.text();
    await receiver.first('the end', isEnd);
    expect(receiver.statuses()).toEqual(['succeeded']);
  });

  it('tells it that it was canceled, once its last reader has left', async () => {
    const leaving = new AbortController();
    const body = { id: 'left', input: { count: 2, gate: '/never/there' }, webhook: receiver.url };
    const response = await post(server, '/predictions', body, { ...events, signal: leaving.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    leaving.abort();
    const end = await receiver.first('the end', isEnd);
    expect(end.body).toMatchObject({ id: 'left', status: 'canceled', output: [0] });
  });
});

describe('a training', () => {
  let server: RunningServer;
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
    server = await startServer('test/fixtures/predictors/trains.ts', { args: ['--webhook-interval', '0'] });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });
  const inBackground = { headers: { prefer: 'respond-async' } };
  const train = (id: string, input: object, more: object = {}) =>
    post(server, '/trainings', { id, input, webhook: receiver.url, ...more }, inBackground);

  it('tells its webhook the start, what it prints while it goes on, and the end', async () => {
    const release = path.join(dir, 'release');
    await train('trained', { steps: 2, release });
    const live = await receiver.first('the logs', ({ body }) => String(body.logs).includes('step 2 of 2'));
    expect(live.body).toMatchObject({ id: 'trained', status: 'processing', input: { steps: 2 } });
    writeFileSync(release, '');
    const end = await receiver.first('the end', isEnd);
    expect(end.body).toMatchObject({
      status: 'succeeded',
      output: { weights: 'model-2.bin' },
      logs: 'step 1 of 2\nstep 2 of 2\n',
      metrics: { steps: 2 },
    });
    expect(receiver.statuses().at(-1)).toBe('succeeded');
  });

  it('tells it a failure, and a cancel', async () => {
    await train('failed', { steps: 1, fail: true }, { webhook_events_filter: ['completed'] });
    const failed = await receiver.first('the failure', isEnd);
    expect(failed.body).toMatchObject({ status: 'failed', error: 'RangeError: the loss is not a number' });
    await train('stopped', { steps: 1, release: path.join(dir, 'never') });
    await eventually('it runs', async () => {
      const response = await fetch(`${server.url}/trainings/stopped`);
      return ((await response.json()) as { logs?: string }).logs?.includes('step 1') === true ? true : null;
    });
    await fetch(`${server.url}/trainings/stopped/cancel`, { method: 'POST' });
    const stopped = await receiver.first('the cancel', (seen) => isEnd(seen) && seen.body.id === 'stopped');
    expect(stopped.body).toMatchObject({ status: 'canceled', metrics: { cancel: { stage: 'signal' } } });
  });
});
