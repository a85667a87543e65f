// Small JSON bodies are taken without Fastify's parsers: however they arrive, and when they do not. The server is the real
// one over a scripted fleet; no worker runs.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import type { FakeServer } from '../helpers/fake-server.ts';
import { type ListeningServer, listeningServer } from '../helpers/listening-server.ts';
import { exchange, nextAnswer, requestText } from '../helpers/raw-http.ts';

const BYTES_MAX = 100;

let listening: ListeningServer;
let server: FakeServer;
beforeEach(async () => {
  listening = await listeningServer({ config: { bodyBytesMax: BYTES_MAX } });
  server = listening.server;
});
afterEach(() => listening.close());

async function open(): Promise<Socket> {
  const socket = await listening.open();
  socket.setNoDelay(true);
  return socket;
}

const head = (bytes: number) =>
  requestText('POST /predictions', 'content-type: application/json', `content-length: ${bytes}`);
const create = (body: string) => head(Buffer.byteLength(body)) + body;
const runs = (count: number) =>
  eventually(`${count} runs`, () => (server.fleet.slots.runs.length === count ? true : null));

it('takes a body that arrives byte by byte', async () => {
  const socket = await open();
  const answered = nextAnswer(socket);
  const body = Buffer.from('{"id":"a","input":{"text":"häh"}}');
  socket.write(head(body.length));
  for (const byte of body) {
    await new Promise((written) => socket.write(Buffer.of(byte), written));
  }
  await runs(1);
  server.fleet.run.succeed('done');
  expect(await answered).toMatchObject({ status: 200, body: { id: 'a', output: 'done' } });
  const kept = await server.ask({ method: 'GET', url: '/predictions/a' });
  expect(kept.json()).toMatchObject({ input: { text: 'häh' } });
});

it('answers requests in one packet one after the other', async () => {
  const socket = await open();
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString();
  });
  socket.write(create('{"id":"a"}') + create('[]') + create('{"id":"b"}'));
  await runs(2);
  // The last to come is the first to end.
  server.fleet.run.succeed();
  server.fleet.slots.runs[0]?.succeed();
  const answers = await eventually('three answers', () => {
    const statuses = received.match(/HTTP\/1\.1 \d+/g) ?? [];
    return statuses.length === 3 ? statuses : null;
  });
  expect(answers.map((line) => line.slice(-3))).toEqual(['200', '422', '200']);
});

it('runs nothing for a client that leaves in the middle, and serves the next one', async () => {
  const socket = await open();
  socket.write(create('{"id":"a"}').slice(0, -1));
  // One more round trip: by then the server has seen the beginning.
  await exchange(await open(), requestText('GET /'));
  socket.destroy();
  await once(socket, 'close');
  const answered = exchange(await open(), create('{"id":"b"}'));
  await runs(1);
  server.fleet.run.succeed();
  expect(await answered).toMatchObject({ status: 200, body: { id: 'b' } });
});

it('leaves what is too large, or no JSON, to be refused', async () => {
  const large = JSON.stringify({ input: 'x'.repeat(BYTES_MAX) });
  expect(await exchange(await open(), create(large))).toMatchObject({ status: 413 });
  const socket = await open();
  expect(await exchange(socket, create('{'))).toMatchObject({
    status: 400,
    body: { code: 'PAWL_BODY_NOT_JSON' },
  });
  const empty = await exchange(await open(), head(0));
  expect(empty).toMatchObject({ status: 400, body: { code: 'PAWL_BODY_NOT_JSON' } });
});
