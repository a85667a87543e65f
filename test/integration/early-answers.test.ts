// Refusals of requests that are still being sent, on real connections. The server is the real one over a scripted fleet.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/limits.ts';
import { eventually } from '../helpers/eventually.ts';
import { type FakeServer, fakeServer } from '../helpers/fake-server.ts';
import { exchange, openSocket, requestText } from '../helpers/raw-http.ts';

const BODY_BYTES = 5_000_000;
const PIECE = 'x'.repeat(50_000);
const JSON_TYPE = 'content-type: application/json';

let server: FakeServer;
let url: string;
let socket: Socket;

beforeEach(async () => {
  server = fakeServer({
    capacity: 4,
    config: { bodyBytesMax: 1_000, shutdownGraceMs: 0, host: '127.0.0.1', port: 0 },
  });
  url = await server.app.start();
  socket = await openSocket(Number(new URL(url).port));
});

afterEach(async () => {
  socket.destroy();
  await server.app.close();
});

const head = (line: string, ...headers: string[]) => requestText(`POST ${line}`, JSON_TYPE, ...headers);
const ways: [name: string, head: string, piece: string, end: string][] = [
  ['with a length', head('/predictions', `content-length: ${BODY_BYTES}`), PIECE, ''],
  [
    'in chunks',
    head('/predictions', 'transfer-encoding: chunked'),
    `${PIECE.length.toString(16)}\r\n${PIECE}\r\n`,
    '0\r\n\r\n',
  ],
  ['under /v1', head('/v1/predictions', `content-length: ${BODY_BYTES}`), PIECE, ''],
];

describe('a body that is too large', () => {
  it.each(ways)('%s is answered before it was sent; the connection ends after it', async (...way) => {
    const [, start, piece, end] = way;
    const closed = once(socket, 'close');
    // No more than what is refused is sent before the answer is there.
    const answer = await exchange(socket, start + piece);
    expect(answer).toMatchObject({ status: 413, body: { code: 'PAWL_BODY_TOO_LARGE' } });
    expect(answer.headers).toMatch(/^connection: close\r?$/m);
    for (let sent = piece.length; sent < BODY_BYTES; sent += piece.length) {
      if (!socket.write(piece)) await once(socket, 'drain');
    }
    socket.write(end);
    const [hadError] = await closed;
    expect(hadError).toBe(false);
  });

  it('reaches a client that reads nothing before it has sent everything', async () => {
    const [, start, piece] = ways[0] ?? ways[1] ?? [];
    let text = start ?? '';
    for (let sent = 0; sent < BODY_BYTES; sent += PIECE.length) text += piece;
    expect(await exchange(socket, text)).toMatchObject({ status: 413 });
  });

  it('reaches fetch()', async () => {
    const response = await fetch(`${url}/predictions`, { method: 'POST', body: 'x'.repeat(BODY_BYTES) });
    expect([response.status, response.headers.get('connection')]).toEqual([413, 'close']);
    expect(await response.json()).toMatchObject({ code: 'PAWL_BODY_TOO_LARGE' });
  });

  it('holds a client that goes on sending no longer than a while', async () => {
    const { clock } = server;
    const closed = once(socket, 'close');
    await exchange(socket, `${ways[0]?.[1]}x`);
    await eventually('it is waited for', () => (clock.isWaiting(LIMITS.refusedBodyMs.value) ? true : null));
    clock.advance(LIMITS.refusedBodyMs.value);
    await closed;
  });

  it('is forgotten when its client has left', async () => {
    const { clock } = server;
    await exchange(socket, `${ways[0]?.[1]}x`);
    expect(clock.isWaiting(LIMITS.refusedBodyMs.value)).toBe(true);
    socket.destroy();
    await eventually('nothing waits', () => (clock.isWaiting(LIMITS.refusedBodyMs.value) ? null : true));
  });
});

it('a small body that is refused unread keeps its connection', async () => {
  const gone = requestText('POST /trainings', JSON_TYPE, 'content-length: 2');
  for (let times = 0; times < 3; times++) {
    const answer = await exchange(socket, `${gone}{}`);
    socket.removeAllListeners('data');
    expect([answer.status, answer.headers.includes('connection: close')]).toEqual([404, false]);
  }
});

describe('a client that asks before it sends', () => {
  const ask = (line: string, ...headers: string[]) => requestText(line, 'expect: 100-continue', ...headers);

  it.each([
    ['a large body', 413, ask('POST /predictions', JSON_TYPE, 'content-length: 1001')],
    ['one under /v1', 413, ask('POST /v1/predictions', JSON_TYPE, 'content-length: 1001')],
    ['a large file', 413, ask('POST /files', `content-length: ${2 ** 40}`)],
    [
      'a type that nobody reads',
      415,
      ask('POST /predictions', 'content-type: text/csv', 'content-length: 9'),
    ],
    [
      'an encoded body',
      415,
      ask('PUT /predictions/a', 'content-encoding: gzip', 'transfer-encoding: chunked'),
    ],
    ['a path that no route has', 404, ask('POST /nowhere', 'content-length: 9')],
    ['the same under /v1', 404, ask('POST /v1/nowhere', 'content-length: 9')],
    ['a method that it does not take', 405, ask('DELETE /predictions', 'content-length: 9')],
    ['trainings of who has none', 404, ask('POST /trainings', JSON_TYPE, 'content-length: 9')],
  ])('with %s is answered %i, and not told to go on', async (_what, status, request) => {
    const answer = await exchange(socket, request);
    expect(answer.status).toBe(status);
    // Whether the body follows is the client's to say: nothing else can.
    expect(answer.headers).toMatch(/^connection: close\r?$/m);
    const { clock } = server;
    await eventually('it is waited for', () => (clock.isWaiting(LIMITS.refusedBodyMs.value) ? true : null));
    const closed = once(socket, 'close');
    clock.advance(LIMITS.refusedBodyMs.value);
    await closed;
  });

  it.each([
    ['a file', ask('POST /files', 'content-length: 2'), 201],
    ['JSON', ask('POST /predictions', JSON_TYPE, 'content-length: 2'), 422],
  ])('for %s is told to go on, once, when its body is read', async (_what, request, status) => {
    for (let times = 0; times < 3; times++) {
      const told = once(socket, 'data');
      socket.write(request);
      expect(String((await told)[0])).toBe('HTTP/1.1 100 Continue\r\n\r\n');
      expect((await exchange(socket, '[]')).status).toBe(status);
      socket.removeAllListeners('data');
    }
  });

  it('and sends all the same gets its answer', async () => {
    const answer = await exchange(socket, `${ask('POST /nowhere', 'content-length: 9')}123456789`);
    expect(answer.status).toBe(404);
  });
});
