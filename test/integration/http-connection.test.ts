// What only a real connection shows: malformed HTTP, clients that leave, connections at the end. The server is the
// real one over a scripted fleet; no worker runs.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type FakeServer, fakeServer } from '../helpers/fake-server.ts';
import { type ListeningServer, listeningServer } from '../helpers/listening-server.ts';
import { exchange, type RawAnswer, requestText } from '../helpers/raw-http.ts';

let listening: ListeningServer;
let server: FakeServer;
beforeEach(async () => {
  listening = await listeningServer({ config: { bodyBytesMax: 1_000 } });
  server = listening.server;
});
afterEach(() => listening.close());

/** Writes raw bytes and reads one answer with a Content-Length. */
async function say(text: string, socket?: Socket): Promise<RawAnswer> {
  return exchange(socket ?? (await listening.open()), text);
}

const runs = (count: number) =>
  eventually(`${count} runs`, () => (server.fleet.slots.runs.length === count ? true : null));
const canceled = () => eventually('a cancel', () => (server.fleet.run.isCanceled ? true : null));
const create = (body: string) =>
  `${requestText('POST /predictions', 'content-type: application/json', `content-length: ${body.length}`)}${body}`;

describe('a request that is not well-formed', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'PAWL_BAD_REQUEST'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'PAWL_BAD_REQUEST'],
    ['a missing Host', 'GET /health-check HTTP/1.1\r\n\r\n', 400, 'PAWL_BAD_REQUEST'],
    [
      'headers that are too large',
      requestText('GET /', `x: ${'y'.repeat(20_000)}`),
      431,
      'PAWL_HEADERS_TOO_LARGE',
    ],
    [
      'a bad chunk',
      `${requestText('POST /predictions', 'transfer-encoding: chunked')}zz\r\n`,
      400,
      'PAWL_BAD_REQUEST',
    ],
    [
      'two lengths',
      requestText('POST /predictions', 'content-length: 1', 'content-length: 2'),
      400,
      'PAWL_BAD_REQUEST',
    ],
    ['an unknown expectation', requestText('GET /', 'expect: wonders'), 400, 'PAWL_BAD_REQUEST'],
    ['CONNECT', 'CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n', 405, 'PAWL_METHOD_NOT_ALLOWED'],
    ['an encoded dot-dot as an id', requestText('PUT /predictions/%2E%2E', 'content-length: 0'), 422, null],
  ] as const)('is answered in JSON: %s', async (_name, text, status, code) => {
    const answer = await say(text);
    expect(answer.status).toBe(status);
    expect(answer.headers).toContain('content-type: application/json');
    expect(answer.body).toMatchObject(code === null ? { detail: expect.any(Array) } : { code });
  });

  it('behind one that is being answered does not put its answer into the first one’s place', async () => {
    const socket = await listening.open();
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
    });
    const closed = once(socket, 'close');
    socket.write(`${create('{}')}garbage\r\n\r\n`);
    await closed;
    expect(received).toBe('');
  });
});

describe('a client that leaves', () => {
  it('cancels the prediction it waits for', async () => {
    const socket = await listening.open();
    socket.write(create('{"id":"a"}'));
    await runs(1);
    socket.destroy();
    await canceled();
  });

  it('does not cancel a prediction that it only attached to, or whose answer it has', async () => {
    await server.ask({ method: 'PUT', url: '/predictions/a', headers: { prefer: 'respond-async' } });
    const socket = await listening.open();
    expect((await say(requestText('PUT /predictions/a', 'content-length: 0'), socket)).status).toBe(202);
    const finished = await listening.open();
    const answered = say(create('{"id":"b"}'), finished);
    await runs(2);
    server.fleet.run.succeed(1);
    expect((await answered).status).toBe(200);
    for (const gone of [socket, finished]) gone.destroy();
    await Promise.all([socket, finished].map((gone) => gone.closed || once(gone, 'close')));
    // One more round trip: by then the server has seen both connections end.
    await say(requestText('GET /'));
    expect(server.fleet.slots.runs.map(({ isCanceled }) => isCanceled)).toEqual([false, false]);
    server.fleet.slots.runs[0]?.succeed();
  });

  it('cannot be told from one that only closes its sending side: that cancels, too', async () => {
    const socket = await listening.open();
    socket.end(create('{"id":"a"}'));
    await runs(1);
    await canceled();
  });
});

describe('the end of the server', () => {
  it('closes idle connections, and refuses new ones', async () => {
    const socket = await listening.open();
    await say(requestText('GET /'), socket);
    const closed = once(socket, 'close');
    await server.app.close();
    await closed;
    const late = connect(listening.port, '127.0.0.1');
    listening.keep(late);
    const [error] = await once(late, 'error');
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('comes after POST /shutdown was answered, and after the answer of what ran', async () => {
    const socket = await listening.open();
    const answered = say(create('{"id":"a"}'), socket);
    await runs(1);
    expect((await say(requestText('POST /shutdown', 'content-length: 0'))).body).toEqual({});
    await canceled();
    server.fleet.run.cancel();
    expect((await answered).body).toMatchObject({ status: 'canceled' });
    await server.app.closed;
  });

  it('frees the port', async () => {
    await server.app.close();
    const again = fakeServer({ config: { host: '127.0.0.1', port: listening.port } });
    await again.app.start();
    const other = fakeServer({ config: { host: '127.0.0.1', port: listening.port } });
    await expect(other.app.start()).rejects.toMatchObject({ code: 'PAWL_PORT_IN_USE' });
    await again.app.close();
  });
});
