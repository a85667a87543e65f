import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { deferred } from '../../src/base/deferred.ts';
import { type FollowCall, follow } from '../../src/net/follow.ts';
import { HttpClient } from '../../src/net/http-client.ts';
import { UrlGuard } from '../../src/net/url-guard.ts';
import { type FileServer, serveRequests } from '../helpers/file-server.ts';
import { netClient } from '../helpers/net-client.ts';

let client: HttpClient;
let servers: FileServer[];

beforeEach(() => {
  client = netClient();
  servers = [];
});
afterEach(async () => {
  client.close();
  for (const server of servers) await server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = await serveRequests(listener);
  servers.push(server);
  return server.url;
}

const call = (url: string, more: Partial<FollowCall> = {}): FollowCall => ({
  url: new URL(url),
  method: 'GET',
  headers: {},
  body: null,
  authorization: null,
  signal: AbortSignal.timeout(20_000),
  ...more,
});

const post = (url: string, more: Partial<FollowCall> = {}) =>
  call(url, { method: 'POST', body: Buffer.from('payload'), ...more });

const bodyOf = (response: IncomingMessage) => text(response);

/** A client whose resolver says that every name is this address. */
function resolving(address: string, urlAccess: 'any' | 'public'): HttpClient {
  const guard = new UrlGuard({ urlAccess, urlHosts: [] }, (_name, options, callback) =>
    options.all === true ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4),
  );
  return new HttpClient(guard, systemClock);
}

it('connects to the address the guard was asked about, and to no other', async () => {
  let asked = 0;
  const port = new URL(await serve((_request, response) => response.end(`${++asked}`))).port;
  const open = resolving('127.0.0.1', 'any');
  const { response } = await open.request(call(`http://harmless.test:${port}/`));
  expect(await bodyOf(response)).toBe('1');
  open.close();

  const guarded = resolving('127.0.0.1', 'public');
  const refused = guarded.request(call(`http://harmless.test:${port}/`));
  await expect(refused).rejects.toThrow(expect.objectContaining({ name: 'UrlRefused' }));
  await expect(guarded.request(call(`http://127.0.0.1:${port}/`))).rejects.toThrow('public Internet');
  guarded.close();
  expect(asked).toBe(1);
});

it('judges each hop of a redirect', async () => {
  const asked: unknown[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: `${url.replace('127.0.0.1', '127.0.0.2')}/inner` }).end();
  });
  const listed = netClient({ urlAccess: 'listed', urlHosts: ['127.0.0.1'] });
  await expect(follow(listed, call(`${url}/outer`))).rejects.toThrow('not in --url-hosts');
  listed.close();
  expect(asked).toEqual(['/outer']);
});

it('repeats a POST with its body through redirects, and takes 303 for the end', async () => {
  const seen: string[] = [];
  const url = await serve(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${await text(request)}`);
    const next: { [path: string]: [number, string] } = {
      '/301': [301, '/302'],
      '/302': [302, '/307'],
      '/307': [307, '/308'],
      '/308': [308, '/303'],
      '/303': [303, '/page'],
    };
    const [status, location] = next[request.url ?? ''] ?? [200, '/'];
    response.writeHead(status, { location }).end();
  });
  const { response } = await follow(client, post(`${url}/301`));
  expect(response.statusCode).toBe(303);
  expect(seen).toEqual(['301', '302', '307', '308', '303'].map((step) => `POST /${step} payload`));
});

it('shows credentials to the origin they are for, and to no other', async () => {
  const seen: unknown[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end();
  });
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(307, { location: request.url === '/a' ? '/b' : `${other}/c` }).end();
  });
  await follow(client, post(`${url}/a`, { authorization: 'Bearer secret' }));
  expect(seen).toEqual(['Bearer secret', 'Bearer secret', undefined]);
  seen.length = 0;
  await follow(client, post(`${url.replace('//', '//me:pw@')}/a`, { authorization: 'Bearer secret' }));
  const basic = `Basic ${Buffer.from('me:pw').toString('base64')}`;
  expect(seen).toEqual([basic, basic, undefined]);
});

/** Answers each request of a raw connection as `answer` says; the connection and the request are numbered from 1. */
async function rawServer(answer: (socket: Socket, connection: number, request: number) => void) {
  let connections = 0;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = ++connections;
    let requests = 0;
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', () => answer(socket, connection, ++requests));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push({
    url: '',
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, count: () => connections };
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

it('asks again, once, where an idle connection turns out to be closed', async () => {
  const { url, count } = await rawServer((socket, connection, request) => {
    if (connection === 1 && request === 2) socket.resetAndDestroy();
    else socket.write(OK);
  });
  for (let turn = 0; turn < 2; turn++) {
    const { response } = await client.request(call(url));
    expect(await bodyOf(response)).toBe('ok');
  }
  expect(count()).toBe(2);
});

it('does not ask again where a new connection breaks', async () => {
  const { url, count } = await rawServer((socket) => socket.resetAndDestroy());
  await expect(client.request(post(url))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(count()).toBe(1);
});

it('takes an answer that switches protocols for none', async () => {
  const { url } = await rawServer((socket) =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  );
  await expect(client.request(call(url))).rejects.toMatchObject({ code: 'ECONNRESET' });
});

it('keeps the connection of a short answer that nobody wants, and cuts an endless one', async () => {
  const closed = deferred();
  const sockets = new Set<Socket>();
  const url = await serve((request, response) => {
    sockets.add(request.socket);
    if (request.url !== '/endless') {
      response.end('short');
      return;
    }
    response.on('close', () => closed.resolve());
    const more = () => response.write('x'.repeat(1000), () => response.destroyed || setImmediate(more));
    more();
  });
  for (let turn = 0; turn < 3; turn++) {
    const { response, discard } = await client.request(call(`${url}/`));
    discard();
    await once(response, 'close');
  }
  expect(sockets.size).toBe(1);
  const { discard } = await client.request(call(`${url}/endless`));
  discard();
  await closed.promise;
});

it('ends every connection when it is closed', async () => {
  const closed = deferred();
  const url = await serve((_request, response) => {
    response.on('close', () => closed.resolve());
    response.write('half');
  });
  await client.request(call(url));
  client.close();
  await closed.promise;
});
