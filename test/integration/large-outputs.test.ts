// Outputs that are too large for the server's memory: whole on every way out, and gone from the disk when nobody can ask
// for them any more.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { EventClient } from '../helpers/event-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { type LargeServer, onDisk, startLarge, stopLarge } from '../helpers/large-server.ts';
import { bytesOf, getPrediction } from '../helpers/predictions.ts';
import { childrenOf, peakBytes } from '../helpers/processes.ts';
import { slowDownload } from '../helpers/slow-download.ts';
import { isEnd, receiveWebhooks } from '../helpers/webhook-receiver.ts';

const MiB = 1024 * 1024;
/** About 110 MiB were seen; before outputs stayed on disk, 800. */
const SERVER_PEAK_MAX = 200 * MiB;
const TEXT = 'line\n'.repeat(Math.ceil((2 * MiB) / 5));
const FILE = Buffer.alloc(2 * MiB, 'pawl');

const startForTest = async (...options: Parameters<typeof startLarge>): Promise<LargeServer> => {
  const started = await startLarge(...options);
  onTestFinished(() => stopLarge(started));
  return started;
};
const nameless = (started: LargeServer, count: number) => onDisk(started, { named: 0, nameless: count });

describe('100 MiB', () => {
  let started: LargeServer;
  beforeAll(async () => {
    started = await startLarge('returns', ['--retention', '0']);
  });
  afterAll(() => stopLarge(started));

  it.each(['file', 'list'])(
    'of %s leave the memory of the server alone, and others are served',
    async (kind) => {
      const { server } = started;
      const body = { input: { kind, mib: 100 } };
      const answer = await slowDownload(`${server.url}/predictions`, { method: 'POST', body });
      // The answer is on its way, and its reader slow.
      expect((await fetch(`${server.url}/health-check`)).status).toBe(200);
      const text = await answer.rest();
      expect(text.length).toBe(answer.contentLength);
      expect(text.length).toBeGreaterThan(100 * MiB);
      expect(text.subarray(-200).toString()).toMatch(/"completed_at":"[^"]+"}$/);
      expect(peakBytes(server.pid)).toBeLessThan(SERVER_PEAK_MAX);
    },
  );
});

describe('every way out', () => {
  const secret = 'a secret of twenty-four bytes';
  let started: LargeServer;
  let id: string;
  let webhook: Awaited<ReturnType<typeof receiveWebhooks>>;
  beforeAll(async () => {
    webhook = await receiveWebhooks();
    started = await startLarge('yields', [], { env: { PAWL_WEBHOOK_SECRET: secret } });
    const { server } = started;
    const created = await fetch(`${server.url}/predictions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: { kind: 'nested' }, webhook: webhook.url }),
    });
    const body = (await created.json()) as { id: string; output: unknown };
    id = body.id;
    expectWhole(body.output);
  });
  afterAll(async () => {
    await webhook.close();
    await stopLarge(started);
  });

  function expectWhole(output: unknown): void {
    const [{ text, deep }] = output as [{ text: string; deep: [string] }];
    expect(text === TEXT).toBe(true);
    expect(bytesOf(deep[0]).equals(FILE)).toBe(true);
  }

  it('shows it whole: GET, HEAD, PUT and the list', async () => {
    const { url } = started.server;
    expectWhole((await getPrediction(url, id)).body.output);
    expectWhole(((await (await fetch(`${url}/v1/predictions/${id}`)).json()) as { output: unknown }).output);
    const attached = await fetch(`${url}/predictions/${id}`, { method: 'PUT' });
    expectWhole(((await attached.json()) as { output: unknown }).output);
    const listed = await fetch(`${url}/predictions?limit=1`);
    const { results } = (await listed.json()) as { results: [{ output: unknown }] };
    expectWhole(results[0].output);
    const head = await fetch(`${url}/predictions/${id}`, { method: 'HEAD' });
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(4 * MiB);
  });

  it('shows it whole: event streams', async () => {
    const { url } = started.server;
    const client = await EventClient.open(`${url}/predictions/${id}/stream`);
    expect(await client.ended).toBe('ended');
    expect(client.events.map(({ type }) => type)).toEqual(['start', 'output', 'completed']);
    expectWhole([client.events[1]?.data.chunk]);
    expectWhole(client.events[2]?.data.output);
    const plain = await (await fetch(`${url}/v1/predictions/${id}/stream`)).text();
    const data = /^event: output\ndata: (.*)$/m.exec(plain)?.[1] ?? '';
    expectWhole([JSON.parse(data)]);
  });

  it('shows it whole: webhooks, signed', async () => {
    const { headers, text, body } = await webhook.first('the end', isEnd);
    expectWhole(body.output);
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text));
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
    const signature = createHmac('sha256', secret).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  it('reads the same file for all of them', async () => {
    await nameless(started, 2);
  });
});

describe('on disk nothing is left', () => {
  it('once a prediction is forgotten, however many still read it', async () => {
    const started = await startForTest('returns', ['--retention', '1']);
    const { url } = started.server;
    const body = { input: { kind: 'text', mib: 20 } };
    const first = await slowDownload(`${url}/predictions`, { method: 'POST', body });
    const second = await slowDownload(`${url}/predictions`, { method: 'POST', body });
    await nameless(started, 2);
    // The first was forgotten for the second; its answer is still on its way.
    const [one, other] = await Promise.all([first.rest(), second.rest()]);
    expect([one.length, other.length]).toEqual([first.contentLength, second.contentLength]);
    await nameless(started, 1);
  });

  it('when the server stops: answers are sent to their end before', async () => {
    const started = await startLarge('returns');
    const body = { input: { kind: 'text', mib: 20 } };
    const answer = await slowDownload(`${started.server.url}/predictions`, { method: 'POST', body });
    const stopped = stopLarge(started);
    await eventually('the end of the workers', () =>
      childrenOf(started.server.pid).length === 0 ? true : null,
    );
    expect((await answer.rest()).length).toBe(answer.contentLength);
    await stopped;
  });
});

describe('of a server that forgets at once, on disk nothing is left', () => {
  let started: LargeServer;
  beforeAll(async () => {
    started = await startLarge('yields', ['--retention', '0']);
  });
  afterAll(() => stopLarge(started));

  it('when its client leaves in the middle', async () => {
    const body = { input: { kind: 'text', mib: 20 } };
    const answer = await slowDownload(`${started.server.url}/predictions`, { method: 'POST', body });
    await nameless(started, 1);
    answer.leave();
    await nameless(started, 0);
  });

  it.each(['text', 'file'])('of %s when the prediction is canceled', async (kind) => {
    const { url } = started.server;
    const stream = await EventClient.create(url, { kind, after: 'wait' }, 'waits');
    await stream.until('output', ({ type }) => type === 'output');
    await nameless(started, 1);
    expect((await fetch(`${url}/predictions/waits/cancel`, { method: 'POST' })).status).toBe(200);
    expect(await stream.ended).toBe('ended');
    await nameless(started, 0);
  });

  it('when the worker crashes, once what it had put out is forgotten', async () => {
    const { url, pid } = started.server;
    const stream = await EventClient.create(url, { kind: 'text', after: 'wait' });
    await stream.until('output', ({ type }) => type === 'output');
    for (const worker of childrenOf(pid)) process.kill(worker, 'SIGKILL');
    const { data } = await stream.completed();
    expect(data).toMatchObject({ status: 'failed', error_code: 'PAWL_WORKER_CRASHED' });
    expect(data.output).toEqual([TEXT]);
    await nameless(started, 0);
  });
});
