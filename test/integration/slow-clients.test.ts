// Clients that are slow on purpose. The real HTTP server with small limits, over a scripted fleet; and once the flag on
// the real command. Waits only for the end of connections, which is what the limits bring about.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type FakeServer, fakeServer } from '../helpers/fake-server.ts';
import { exchange, nextAnswer, openSocket, requestText } from '../helpers/raw-http.ts';
import { startServer } from '../helpers/start-server.ts';

const DRIP_MS = 20;
const CREATE = requestText('POST /predictions', 'content-type: application/json', 'content-length: 1000');

let server: FakeServer;
let port: number;
const sockets: Socket[] = [];
const drips: NodeJS.Timeout[] = [];

beforeEach(async () => {
  server = fakeServer({
    capacity: 4,
    config: { host: '127.0.0.1', port: 0, shutdownGraceMs: 0 },
    connectionLimits: { headersMs: 300, requestMs: 600, answerStallMs: 300, connectionsMax: 3 },
  });
  port = Number(new URL(await server.app.start()).port);
});

afterEach(async () => {
  for (const drip of drips.splice(0)) clearInterval(drip);
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const run of server.fleet.slots.runs) if (!run.isOver) run.cancel();
  await server.app.close();
});

async function open(on: number = port): Promise<Socket> {
  const socket = await openSocket(on);
  sockets.push(socket);
  return socket;
}

/** Sends `text` one byte at a time, for as long as the connection stands. */
function drip(socket: Socket, text: string): void {
  let at = 0;
  drips.push(
    setInterval(() => {
      if (socket.writable) socket.write(text[at++ % text.length] ?? '');
    }, DRIP_MS),
  );
}

const connections = () =>
  new Promise<number>((resolve, reject) => {
    server.app.http.server.getConnections((error, count) =>
      error === null ? resolve(count) : reject(error),
    );
  });

describe('a client that takes its time', () => {
  it.each([
    ['and sends nothing', async () => {}],
    [
      'over its headers',
      async (socket: Socket) => drip(socket, 'GET / HTTP/1.1\r\nhost: x\r\nx-slow: aaaaaaaaaa'),
    ],
    [
      'over its body',
      async (socket: Socket) => {
        socket.write(CREATE);
        drip(socket, ' ');
      },
    ],
    [
      'over a chunked body',
      async (socket: Socket) => {
        socket.write(
          requestText('POST /predictions', 'content-type: application/json', 'transfer-encoding: chunked'),
        );
        drip(socket, '1\r\n \r\n');
      },
    ],
  ])('%s is answered 408 in JSON and disconnected', async (_what, begin) => {
    const socket = await open();
    const closed = once(socket, 'close');
    const answered = nextAnswer(socket);
    await begin(socket);
    expect(await answered).toMatchObject({ status: 408, body: { code: 'PAWL_REQUEST_TIMEOUT' } });
    await closed;
    expect(server.fleet.slots.runs).toEqual([]);
  });

  it('to read its answer is disconnected', async () => {
    const socket = await open();
    socket.pause();
    socket.write(requestText('POST /predictions', 'content-length: 0'));
    await eventually('a run', () => (server.fleet.slots.runs.length === 1 ? true : null));
    server.fleet.run.succeed('x'.repeat(64 * 1024 * 1024));
    await eventually('no connection', async () => ((await connections()) === 0 ? true : null));
  });

  it('harms nobody who waits for a long prediction meanwhile', async () => {
    const waiting = await open();
    const answered = exchange(waiting, requestText('POST /predictions', 'content-length: 0'));
    await eventually('a run', () => (server.fleet.slots.runs.length === 1 ? true : null));
    const slow = await open();
    const closed = once(slow, 'close');
    slow.write(CREATE);
    slow.resume();
    await closed;
    // By now every limit has passed for the first connection as well.
    server.fleet.run.succeed('late');
    expect(await answered).toMatchObject({ status: 200, body: { output: 'late' } });
  });
});

it('connections beyond the limit are closed at once, and taken again when there is room', async () => {
  const held = [await open(), await open(), await open()];
  for (const socket of held) expect((await exchange(socket, requestText('GET /livez'))).status).toBe(200);
  const surplus = await open();
  await once(surplus.resume(), 'close');
  held[0]?.destroy();
  const later = await eventually('room for one more', async () => {
    const socket = await open();
    return exchange(socket, requestText('GET /livez')).catch(() => null);
  });
  expect(later.status).toBe(200);
});

it('--request-timeout is the time for a whole request', async () => {
  const real = await startServer('test/fixtures/predictors/kinds.mjs', {
    args: ['--request-timeout', '0.5'],
    until: 'listening',
  });
  try {
    const socket = await open(Number(new URL(real.url).port));
    const answered = nextAnswer(socket);
    socket.write(CREATE);
    drip(socket, ' ');
    expect(await answered).toMatchObject({ status: 408, body: { code: 'PAWL_REQUEST_TIMEOUT' } });
  } finally {
    await real.stop();
  }
});
