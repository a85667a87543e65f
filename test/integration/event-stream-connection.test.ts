// Event streams on the wire: raw sockets, the real HTTP server over a scripted fleet, and a clock by hand.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limit } from '../../src/limits.ts';
import { asPredictionId } from '../../src/protocol/ids.ts';
import { eventually } from '../helpers/eventually.ts';
import { type FakeServer, post, STREAMING } from '../helpers/fake-server.ts';
import { type ListeningServer, listeningServer } from '../helpers/listening-server.ts';
import { requestText } from '../helpers/raw-http.ts';

const CREATE_BODY = '{"id":"a"}';
const CREATE = `${requestText(
  'POST /predictions',
  'accept: text/event-stream',
  'content-type: application/json',
  `content-length: ${CREATE_BODY.length}`,
)}${CREATE_BODY}`;
const READ = requestText('GET /predictions/a/stream');

const END_CHARS = 10_000;

let listening: ListeningServer;
let server: FakeServer;
beforeEach(async () => {
  listening = await listeningServer({ document: STREAMING, config: { queue: 1 } });
  server = listening.server;
});
afterEach(() => listening.close());

interface Reading {
  readonly socket: Socket;
  text(): string;
  bytes(): number;
  saw(text: string): Promise<void>;
}

async function say(text: string): Promise<Reading> {
  const socket = await listening.open();
  const pieces: Buffer[] = [];
  // What a test waits for is near the end, and the whole may be large.
  let end = '';
  let bytes = 0;
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    bytes += piece.length;
    end = (end + piece.toString('latin1')).slice(-END_CHARS);
  });
  socket.write(text);
  const all = () => Buffer.concat(pieces).toString();
  const saw = async (part: string) => {
    await eventually(part, () => (end.includes(part) ? true : null));
  };
  return { socket, text: all, bytes: () => bytes, saw };
}

const beginAsync = () => server.ask(post('/predictions', { id: 'a' }, { prefer: 'respond-async' }));

describe('an event stream on the wire', () => {
  it('has its headers before there is an event, and comments while there is none', async () => {
    await beginAsync();
    const reading = await say(READ);
    await reading.saw('event: start\n');
    const head = reading.text().split('\r\n\r\n')[0]?.toLowerCase() ?? '';
    expect(head).toContain('transfer-encoding: chunked');
    server.clock.advance(limit('streamKeepAliveMs'));
    await reading.saw(': keep-alive\n\n');
  });

  it('is plain text up to the end of the connection for HTTP/1.0', async () => {
    await beginAsync();
    const reading = await say('GET /predictions/a/stream HTTP/1.0\r\n\r\n');
    await reading.saw('event: start\n');
    const closed = once(reading.socket, 'close');
    server.fleet.run.succeed(1);
    await closed;
    const [head, body] = reading.text().split(/\r\n\r\n(.*)/s);
    expect(head?.toLowerCase()).not.toContain('transfer-encoding');
    expect(body).toMatch(/^retry: 1000\n\nid: \w+-0\nevent: start\n/);
    expect(body).toMatch(/event: completed\ndata: .*\n\n$/);
  });

  it('leaves the connection usable for the next request', async () => {
    await beginAsync();
    const reading = await say(READ);
    await reading.saw('event: start\n');
    server.fleet.run.succeed(1);
    await reading.saw('\r\n0\r\n\r\n');
    reading.socket.write(requestText('GET /livez'));
    await reading.saw('HTTP/1.1 200 OK\r\ncontent-type: application/json');
  });
});

describe('a client that leaves', () => {
  it('is noticed, and cancels the prediction it created when it has been gone for the grace period', async () => {
    const reading = await say(CREATE);
    await reading.saw('event: start\n');
    expect(server.clock.isWaiting(limit('streamGraceMs'))).toBe(false);
    reading.socket.destroy();
    await eventually('its absence', () => (server.clock.isWaiting(limit('streamGraceMs')) ? true : null));
    server.clock.advance(limit('streamGraceMs'));
    expect(server.fleet.run.isCanceled).toBe(true);
  });

  it('is noticed also while its prediction waits for a slot', async () => {
    await Promise.all(
      [1, 2, 3, 4].map(() => server.ask(post('/predictions', {}, { prefer: 'respond-async' }))),
    );
    const reading = await say(CREATE);
    await reading.saw('retry: 1000\n\n');
    reading.socket.destroy();
    await eventually('its absence', () => (server.clock.isWaiting(limit('streamGraceMs')) ? true : null));
    server.clock.advance(limit('streamGraceMs'));
    expect((await server.ask({ url: '/predictions/a' })).json()).toMatchObject({ status: 'canceled' });
    expect(server.fleet.slots.runs).toHaveLength(4);
  });
});

describe('a client that does not read', () => {
  const PIECE = 'x'.repeat(50_000);
  const PIECES = 600;

  it('delays nobody, holds no more than the history may, and gets a gap and the rest when it reads', async () => {
    await beginAsync();
    const stuck = await say(READ);
    await stuck.saw('event: start\n');
    stuck.socket.pause();
    const quick = await say(READ);
    await quick.saw('event: start\n');
    // More than sockets take: 30 MB.
    for (let i = 0; i < PIECES; i++) {
      server.fleet.run.log(`${i} ${PIECE}\n`);
      // As a real worker's: in turns of the event loop.
      if (i % 10 === 9)
        await eventually(`piece ${i}`, () => (quick.bytes() > i * PIECE.length ? true : null));
    }
    const journal = server.app.engine.service.find('predict', asPredictionId('a'))?.journal;
    expect(journal?.bytes).toBeLessThanOrEqual(limit('streamHistoryBytesMax'));
    expect(quick.text()).not.toContain('event: gap');
    server.fleet.run.succeed('done');
    await quick.saw('\r\n0\r\n\r\n');
    stuck.socket.resume();
    await stuck.saw('\r\n0\r\n\r\n');
    const skipped = Number(/event: gap\ndata: \{"skipped":(\d+)\}\n\n/.exec(stuck.text())?.[1]);
    expect(skipped).toBeGreaterThan(0);
    expect(stuck.text().match(/^id: /gm)?.length).toBe(PIECES + 3 - skipped);
    expect(stuck.text()).toContain('event: completed\n');
  });

  it('does not keep the server from stopping', async () => {
    await beginAsync();
    const stuck = await say(READ);
    await stuck.saw('event: start\n');
    stuck.socket.pause();
    for (let i = 0; i < PIECES; i++) server.fleet.run.log(`${i} ${PIECE}\n`);
    const closed = server.app.close();
    await eventually('the cancel', () => (server.fleet.run.isCanceled ? true : null));
    server.fleet.run.cancel();
    await eventually('the wait for connections', () =>
      server.clock.isWaiting(limit('connectionCloseMs')) ? true : null,
    );
    server.clock.advance(limit('connectionCloseMs'));
    await closed;
  });
});

describe('the end of the server', () => {
  it('ends streams with completed, then closes their connections', async () => {
    const reading = await say(CREATE);
    await reading.saw('event: start\n');
    const ended = once(reading.socket, 'close');
    const closed = server.app.close();
    await eventually('the cancel', () => (server.fleet.run.isCanceled ? true : null));
    server.fleet.run.cancel();
    await Promise.all([ended, closed]);
    expect(reading.text()).toMatch(/event: completed\ndata: .*"status":"canceled".*\n\n\r\n0\r\n\r\n$/);
  });

  it('waits for a client that takes its time over the last of them', async () => {
    const reading = await say(CREATE);
    await reading.saw('event: start\n');
    reading.socket.pause();
    // More than sockets take, in the one event that must not be missed.
    server.fleet.run.log(`${'x'.repeat(30_000_000)}\n`);
    const closed = server.app.close();
    await eventually('the cancel', () => (server.fleet.run.isCanceled ? true : null));
    server.fleet.run.cancel();
    await eventually('the wait for the answer', () =>
      server.clock.isWaiting(limit('connectionCloseMs')) ? true : null,
    );
    reading.socket.resume();
    const ended = once(reading.socket, 'close');
    await Promise.all([ended, closed]);
    expect(reading.text()).toMatch(/"status":"canceled"[^\n]*\n\n\r\n0\r\n\r\n$/);
  });
});
