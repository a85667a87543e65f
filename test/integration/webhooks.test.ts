import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { validateWebhook } from 'replicate';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../helpers/start-server.ts';
import {
  answers,
  isEnd,
  type ReceivedWebhook,
  receiveWebhooks,
  resets,
  type WebhookReceiver,
} from '../helpers/webhook-receiver.ts';

const SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let server: RunningServer;
let receiver: WebhookReceiver;
let dir: string;

beforeAll(async () => {
  server = await startServer('test/fixtures/predictors/kinds.mjs', {
    env: { PAWL_WEBHOOK_SECRET: SECRET, WEBHOOK_AUTH_TOKEN: 'the-token' },
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  receiver = await receiveWebhooks();
  dir = await mkdtemp(path.join(tmpdir(), 'pawl-test-'));
});
afterEach(async () => {
  await receiver.close();
  await rm(dir, { recursive: true });
});

async function create(
  id: string,
  input: object,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<void> {
  const response = await fetch(`${server.url}/predictions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async', ...headers },
    body: JSON.stringify({ id, input, webhook: `${receiver.url}/hook`, ...more }),
  });
  expect([response.status, await response.json()]).toEqual([202, { id, status: 'starting' }]);
}

const VALUE = { kind: 'value', value: 'x' };
const ONLY_END = { webhook_events_filter: ['completed'] };

describe('webhooks', () => {
  it('arrive in order, signed, with token, trace and the whole object', async () => {
    const release = path.join(dir, 'release');
    const trace = { traceparent: TRACEPARENT, tracestate: 'a=b' };
    await create('whole', { kind: 'asyncGenerator', count: 2, release }, {}, trace);
    await receiver.first('both items', ({ body }) => JSON.stringify(body.output) === '[0,1]');
    writeFileSync(release, '');
    const end = await receiver.first('the end', isEnd);
    expect(end.body).toMatchObject({
      id: 'whole',
      status: 'succeeded',
      input: { kind: 'asyncGenerator', count: 2 },
      output: [0, 1, 'last'],
      logs: 'yielding 0\nyielding 1\n',
      metrics: { predict_time: expect.any(Number) },
      completed_at: expect.any(String),
    });
    const statuses = receiver.statuses();
    expect(statuses[0]).toBe('processing');
    expect(statuses.slice(0, -1).every((status) => status === 'processing')).toBe(true);
    expect(outputsGrow(receiver.received)).toBe(true);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(statuses.length);
    for (const { headers, text } of receiver.received) {
      expect(headers).toMatchObject({
        authorization: 'Bearer the-token',
        'content-type': 'application/json',
        'user-agent': expect.stringMatching(/^pawl\/\d/),
        ...trace,
      });
      await expectSigned(headers, text);
    }
  });

  it('are sent again until the end is accepted, under the same id, and not once more', async () => {
    receiver.behave(answers(500), answers(502), resets, answers(200));
    await create('again', VALUE, ONLY_END);
    await receiver.count(4);
    // Nothing after a success: the next prediction's end comes next.
    await create('next', VALUE, ONLY_END);
    await receiver.count(5);
    expect(receiver.statuses('again')).toEqual(Array(4).fill('succeeded'));
    expect(receiver.statuses('next')).toEqual(['succeeded']);
    const again = receiver.received.slice(0, 4);
    expect(new Set(again.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(again.map(({ text }) => text)).size).toBe(1);
    for (const { headers, text } of again) await expectSigned(headers, text);
  });

  it('wait as long as Retry-After says', async () => {
    receiver.behave(answers(429, { 'retry-after': '1' }));
    await create('patient', VALUE, ONLY_END);
    await receiver.count(2);
    const [first, second] = receiver.received;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(900);
  });

  it.each([400, 404, 410])('are not sent again after %d', async (status) => {
    receiver.behave(answers(status));
    await create(`refused-${status}`, VALUE, ONLY_END);
    await receiver.count(1);
    await create(`next-${status}`, VALUE, ONLY_END);
    await receiver.count(2);
    expect(receiver.statuses(`refused-${status}`)).toEqual(['succeeded']);
  });

  it('follow redirects with their body, and take the token to no other origin', async () => {
    const other = await receiveWebhooks();
    receiver.behave(
      answers(307, { location: '/moved' }),
      answers(302, { location: `${other.url}/elsewhere` }),
    );
    await create('moved', VALUE, ONLY_END);
    const end = await other.first('the end', isEnd);
    const paths = receiver.received.map(({ path: at, headers }) => [at, headers.authorization]);
    expect(paths).toEqual([
      ['/hook', 'Bearer the-token'],
      ['/moved', 'Bearer the-token'],
    ]);
    expect([end.path, end.headers.authorization]).toEqual(['/elsewhere', undefined]);
    await expectSigned(end.headers, end.text);
    await other.close();
  });

  it('send the credentials of their URL instead of the token, and show them nowhere', async () => {
    const webhook = `${receiver.url.replace('//', '//me:hunter2@')}/hook?key=hunter3`;
    receiver.behave(answers(404));
    await create('credentials', VALUE, { ...ONLY_END, webhook });
    await receiver.count(1);
    const basic = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;
    expect(receiver.received[0]?.headers.authorization).toBe(basic);
    expect(receiver.received[0]?.text).not.toContain('hunter');
    const known = await (await fetch(`${server.url}/predictions/credentials`)).text();
    expect(known + server.stderr()).not.toContain('hunter');
  });

  it('do not wait for an answer that never ends, and read only a little of it', async () => {
    let isCut = false;
    const endless = (response: Parameters<ReturnType<typeof answers>>[0]) => {
      response.on('close', () => {
        isCut = true;
      });
      const more = () => response.write('x'.repeat(10_000), () => response.destroyed || setImmediate(more));
      more();
    };
    receiver.behave(endless, endless);
    await create('endless', VALUE);
    await receiver.first('the end', isEnd);
    const deadline = performance.now() + 20_000;
    while (!isCut && performance.now() < deadline) await new Promise(setImmediate);
    expect(isCut).toBe(true);
  });

  it('about progress that hang are cut, so that the end is told', async () => {
    receiver.behave(() => {});
    await create('hanging', VALUE);
    await receiver.first('the end', isEnd);
    expect(receiver.statuses('hanging')).toEqual(['processing', 'succeeded']);
  });
});

async function expectSigned(headers: ReceivedWebhook['headers'], text: string): Promise<void> {
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  const signature = String(headers['webhook-signature']);
  const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  expect(new Webhook(SECRET).verify(text, signed)).toEqual(JSON.parse(text));
  expect(await validateWebhook({ id, timestamp, signature, body: text, secret: SECRET })).toBe(true);
}

/** Does each webhook tell at least what the one before told? */
function outputsGrow(received: readonly ReceivedWebhook[]): boolean {
  const counts = received.map(({ body }) => (Array.isArray(body.output) ? body.output.length : 0));
  return counts.every((count, index) => count >= (counts[index - 1] ?? 0));
}
