// What webhooks bring, and when they come.
import { answers, isEnd, receiveWebhooks, type WebhookReceiver } from '../../helpers/webhook-receiver.ts';
import type { Scenario } from '../scenario.ts';
import { type Client, JSON_TYPE } from '../transcript.ts';

const TRACE = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'vendor=opaque',
};
const COMPARED = ['content-type', 'authorization', ...Object.keys(TRACE)];

type Run = (client: Client, receiver: WebhookReceiver) => Promise<void>;

/** A scenario with a receiver of its own. */
const scenario = (name: string, twin: string, run: Run, env: Record<string, string> = {}): Scenario => ({
  name,
  twin,
  env,
  run: async (client) => {
    const receiver = await receiveWebhooks();
    try {
      await run(client, receiver);
    } finally {
      await receiver.close();
    }
  },
});

const create = (client: Client, receiver: WebhookReceiver, id: string, input: object, events: string[]) =>
  client.post(
    { id, input, webhook: `${receiver.url}/hook`, webhook_events_filter: events },
    { prefer: 'respond-async', ...TRACE },
  );

const ended = (receiver: WebhookReceiver, id: string) =>
  receiver.first(`the end of ${id}`, (received) => received.body.id === id && isEnd(received));

export const DISCONNECTS: readonly Scenario[] = [
  scenario('a client that leaves before the end', 'Slow', async (client, receiver) => {
    const leave = new AbortController();
    const body = { id: 'a', input: {}, webhook: receiver.url, webhook_events_filter: ['start', 'completed'] };
    const asked = fetch(`${client.url}/predictions`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify(body),
      signal: leave.signal,
    }).catch(() => null);
    await receiver.count(1);
    leave.abort();
    await asked;
    client.note((await ended(receiver, 'a')).body);
  }),
  scenario('a client that leaves its answer of respond-async', 'Slow', async (client, receiver) => {
    await create(client, receiver, 'a', { seconds: 0.3 }, ['completed']);
    client.note((await ended(receiver, 'a')).body);
  }),
  scenario(
    'the only reader of a stream that leaves for good',
    'SlowItems',
    async (client, receiver) => {
      const body = { id: 'a', input: {}, webhook: receiver.url, webhook_events_filter: ['completed'] };
      const headers = { accept: 'text/event-stream' };
      // Two events: the start and the first item.
      await client.ask({ method: 'POST', path: '/predictions', body, headers, hangUpAfter: 2 });
      const { status, output } = (await ended(receiver, 'a')).body;
      client.note({ status, output });
    },
    { PAWL_STREAM_GRACE: '0.1' },
  ),
];

export const WEBHOOKS: readonly Scenario[] = [
  scenario(
    'the webhook of the end',
    'Echo',
    async (client, receiver) => {
      await create(client, receiver, 'a', { s: 'x', n: 2 }, ['completed']);
      const { path, headers, body } = await ended(receiver, 'a');
      client.note(Object.fromEntries(COMPARED.map((name) => [name, headers[name]])));
      client.note({ path, body });
      await create(client, receiver, 'b', { s: 'x' }, ['start', 'completed']);
      await ended(receiver, 'b');
      client.note(receiver.statuses('b').sort());
    },
    { WEBHOOK_AUTH_TOKEN: 'the-token' },
  ),
  scenario('the webhook of a failure', 'Fails', async (client, receiver) => {
    await create(client, receiver, 'a', { how: 'raise' }, ['completed']);
    client.note((await ended(receiver, 'a')).body);
  }),
  scenario('the webhook of a cancel', 'Slow', async (client, receiver) => {
    await create(client, receiver, 'a', {}, ['completed']);
    client.note((await client.cancelUntil(ended(receiver, 'a'), 'a')).body);
  }),
  scenario('the webhook of an output', 'Echo', async (client, receiver) => {
    // Without the end: Cog's webhooks about progress may come after it.
    await create(client, receiver, 'a', { s: 'x' }, ['output']);
    await receiver.count(1);
    client.note(receiver.received[0]?.body);
  }),
  scenario('webhooks of items', 'Items', async (client, receiver) => {
    await create(client, receiver, 'a', {}, ['output', 'completed']);
    client.note((await ended(receiver, 'a')).body);
  }),
  scenario('webhooks that are not accepted', 'Kinds', async (client, receiver) => {
    receiver.behave(
      answers(500),
      answers(429),
      answers(200),
      answers(404),
      answers(307, { location: '/moved' }),
    );
    for (const id of ['retried', 'refused', 'moved']) {
      await create(client, receiver, id, { kind: 'one' }, ['completed']);
      await receiver.first(id, ({ body }) => body.id === id);
      if (id === 'retried') await receiver.count(3);
      if (id === 'moved') await receiver.first('the redirect', ({ path }) => path === '/moved');
    }
    client.note(receiver.received.map(({ path, body }) => [path, body.id, body.status]));
  }),
  scenario('no webhooks', 'Echo', async (client, receiver) => {
    await create(client, receiver, 'refused', { s: 1 }, ['start', 'completed']);
    await client.post({ input: { s: 'x' }, webhook: receiver.url, webhook_events_filter: [] });
    await create(client, receiver, 'told', { s: 'x' }, ['completed']);
    await ended(receiver, 'told');
    client.note(receiver.received.map(({ body }) => body.id));
  }),
];
