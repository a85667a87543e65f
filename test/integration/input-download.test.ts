import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deferred } from '../../src/base/deferred.ts';
import type { HttpClient } from '../../src/net/http-client.ts';
import { PawlFile } from '../../src/predictor/pawl-file.ts';
import { type PrepareOptions, prepareInput } from '../../src/worker/model/input/prepare.ts';
import type { FilePath, InputSchema } from '../../src/worker/model/loaded-predictor.ts';
import { type FileServer, serveRequests } from '../helpers/file-server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { netClient } from '../helpers/net-client.ts';

let tempDir: string;
let controller: AbortController;
let server: FileServer | null;
let client: HttpClient;

beforeEach(async () => {
  tempDir = await mkdtemp(path.join(tmpdir(), 'pawl-input-'));
  controller = new AbortController();
  server = null;
  client = netClient();
});

afterEach(async () => {
  client.close();
  await server?.close();
  await rm(tempDir, { recursive: true });
});

/** Starts the server of a test; its URL. */
async function serve(listener: RequestListener): Promise<string> {
  server = await serveRequests(listener);
  return server.url;
}

const schemaWith = (...files: FilePath[]): InputSchema => ({
  json: {},
  files,
  check: async (value) => ({ ok: true, value }),
});

function prepare(
  raw: Record<string, unknown>,
  more: Partial<PrepareOptions> = {},
  schema = schemaWith(['f']),
) {
  return prepareInput(raw, schema, {
    given: [],
    tempDir: () => tempDir,
    signal: () => controller.signal,
    enter: (check) => check(),
    client,
    inputFileBytesMax: 1000,
    downloadMs: 60_000,
    userAgent: null,
    ...more,
  });
}

/** The file that one field became. */
async function fetched(url: string, more: Partial<PrepareOptions> = {}): Promise<PawlFile> {
  const result = await prepare({ f: url }, more);
  if (!result.ok || !(result.value.f instanceof PawlFile)) throw new Error('no file');
  return result.value.f;
}

async function filesLeft(): Promise<string[]> {
  const inputs = path.join(tempDir, 'inputs');
  return existsSync(inputs) ? readdir(inputs) : [];
}

it('fetches a file, with the name of its URL and the type that the server says', async () => {
  const url = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'Image/PNG; x=y' }).end('abc'),
  );
  const file = await fetched(`${url}/dir/my%20cat.jpg?size=3`);
  expect(file).toMatchObject({ name: 'my cat.jpg', type: 'image/png', size: 3 });
  expect(file.path.startsWith(tempDir)).toBe(true);
  expect(await file.text()).toBe('abc');
});

it('takes the type of the extension where the server names none', async () => {
  const url = await serve((_request, response) => response.end('abc'));
  expect(await fetched(`${url}/a.wav`)).toMatchObject({ name: 'a.wav', type: 'audio/wav' });
  expect(await fetched(`${url}/`)).toMatchObject({ name: 'file', type: 'application/octet-stream' });
  expect(await fetched(`${url}/a%2F..%2Fb%00.txt`)).toMatchObject({
    name: 'a_.._b_.txt',
    type: 'text/plain',
  });
});

it('fetches many files, a few at a time, and tells equal names apart', async () => {
  let running = 0;
  let most = 0;
  const url = await serve((request, response) => {
    most = Math.max(most, ++running);
    setImmediate(() => {
      running--;
      response.end(request.url);
    });
  });
  const list = Array.from({ length: 30 }, (_, index) => `${url}/${index}/a.txt`);
  const result = await prepare({ list, text: list[0] }, {}, schemaWith(['list', null]));
  if (!result.ok) throw new Error('refused');
  const files = result.value.list as PawlFile[];
  const contents = await Promise.all(files.map((file) => readFile(file.path, 'utf8')));
  expect(contents).toEqual(list.map((_, index) => `/${index}/a.txt`));
  expect(new Set(files.map((file) => file.path)).size).toBe(30);
  expect(result.value.text).toBe(list[0]);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
});

it('fetches a file that is exactly as large as allowed, and an empty one', async () => {
  const url = await serve((request, response) =>
    response.end(request.url === '/empty' ? '' : 'x'.repeat(1000)),
  );
  expect(await fetched(`${url}/full`)).toMatchObject({ size: 1000 });
  expect(await fetched(`${url}/empty`)).toMatchObject({ size: 0 });
});

it('sends the User-Agent it is told', async () => {
  const url = await serve((request, response) => response.end(request.headers['user-agent']));
  expect(await (await fetched(`${url}/a`, { userAgent: 'Tester/1' })).text()).toBe('Tester/1');
});

it('stores a file as the server has it, and counts its bytes when it comes compressed anyway', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/encoding') response.end(request.headers['accept-encoding']);
    else response.setHeader('content-encoding', 'gzip').end(gzipSync('x'.repeat(100_000)));
  });
  expect(await (await fetched(`${url}/encoding`)).text()).toBe('identity');
  await expect(fetched(`${url}/bomb`)).rejects.toThrow('it is larger than 1000 bytes');
  expect(await filesLeft()).toEqual(['encoding']);
});

it('follows redirects, relative ones too, and names the file as the client did', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/a.png') response.writeHead(302, { location: 'b' }).end('not this');
    else if (request.url === '/b') response.writeHead(307, { location: '/c.txt' }).end();
    else response.end('abc');
  });
  const file = await fetched(`${url}/a.png`);
  expect(file.name).toBe('a.png');
  expect(await file.text()).toBe('abc');
});

const failures: [name: string, listener: RequestListener, message: RegExp][] = [
  [
    '404',
    (_request, response) => response.writeHead(404).end('gone'),
    /: the server answered 404 Not Found; /,
  ],
  [
    'a redirect loop',
    (_request, response) => response.writeHead(302, { location: '/a' }).end(),
    /: it redirects more than 10 times; /,
  ],
  [
    'a redirect to another scheme',
    (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /: it redirects to a file: URL; /,
  ],
  [
    'a redirect to nowhere',
    (_request, response) => response.writeHead(302).end(),
    /: the server answered 302 Found; /,
  ],
  [
    'a length over the limit',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '1001' });
      response.write('x');
    },
    /: it is larger than 1000 bytes; .* --max-input-bytes$/,
  ],
  [
    'too many bytes without a length',
    (_request, response) => {
      response.write('x'.repeat(999));
      response.write('yy');
    },
    /: it is larger than 1000 bytes; .* --max-input-bytes$/,
  ],
  [
    'a connection that breaks',
    (request, response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write('half', () => request.socket.destroy());
    },
    /: the server closed the connection early; try again/,
  ],
  [
    'a connection that breaks at once',
    (request) => request.socket.destroy(),
    /: the server closed the connection/,
  ],
];

it.each(failures)(
  'fails on %s, names field and URL, and leaves no file',
  async (_name, listener, message) => {
    const url = await serve(listener);
    const failed = fetched(`${url}/a`);
    await expect(failed).rejects.toThrow(expect.objectContaining({ code: 'PAWL_INPUT_FILE_FAILED' }));
    await expect(failed).rejects.toThrow(`Input file f could not be read from ${url}/a: `);
    await expect(failed).rejects.toThrow(message);
    expect(await filesLeft()).toEqual([]);
  },
);

it('fails where nothing listens, without showing credentials', async () => {
  const url = await serve(() => {});
  await server?.close();
  server = null;
  const failed = fetched(`${url.replace('//', '//user:pass@')}/a?token=t`);
  await expect(failed).rejects.toThrow(
    '/a?token=***: nothing listens there; check host and port (ECONNREFUSED)',
  );
  await expect(failed).rejects.not.toThrow('pass');
});

it('gives up on a server that never answers when the deadline comes', async () => {
  const asked = deferred();
  const url = await serve(() => asked.resolve());
  const clock = new ManualClock();
  const failed = fetched(`${url}/a`, { clock, downloadMs: 1500 });
  await asked.promise;
  clock.advance(1500);
  await expect(failed).rejects.toThrow(
    'it did not arrive within 1.5 s; check the server, or raise --download-timeout',
  );
});

it('gives up on a server that trickles when the deadline comes', async () => {
  const url = await serve((_request, response) => {
    const trickle = () => response.write('x', () => response.destroyed || setImmediate(trickle));
    trickle();
  });
  const clock = new ManualClock();
  const failed = fetched(`${url}/a`, { clock, inputFileBytesMax: Number.MAX_SAFE_INTEGER });
  while ((await filesLeft()).length === 0) await new Promise(setImmediate);
  clock.advance(60_000);
  await expect(failed).rejects.toThrow('it did not arrive within 60 s');
  expect(await filesLeft()).toEqual([]);
});

it('closes the connection and leaves no file when the prediction is canceled', async () => {
  const closed = deferred();
  const url = await serve((_request, response) => {
    response.on('close', closed.resolve);
    response.write('half');
  });
  const failed = fetched(`${url}/a`);
  while ((await filesLeft()).length === 0) await new Promise(setImmediate);
  controller.abort();
  await expect(failed).rejects.toThrow(expect.objectContaining({ name: 'CancelationError' }));
  await closed.promise;
  expect(await filesLeft()).toEqual([]);
});

it('asks for nothing when the prediction was canceled before', async () => {
  let asked = 0;
  const url = await serve(() => asked++);
  controller.abort();
  await expect(fetched(`${url}/a`)).rejects.toThrow(expect.objectContaining({ name: 'CancelationError' }));
  await expect(fetched('data:,a')).rejects.toThrow(expect.objectContaining({ name: 'CancelationError' }));
  expect([asked, await filesLeft()]).toEqual([0, []]);
});

it('ends the other downloads when one fails', async () => {
  const closed = deferred();
  const started = deferred();
  const url = await serve((request, response) => {
    if (request.url === '/slow') {
      response.on('close', closed.resolve);
      response.write('half');
      started.resolve();
    } else void started.promise.then(() => response.writeHead(404).end());
  });
  const list = [`${url}/slow`, `${url}/gone`];
  const failed = prepare({ list }, {}, schemaWith(['list', null]));
  await expect(failed).rejects.toThrow(`Input file list[1] could not be read from ${url}/gone: `);
  await closed.promise;
  expect(await filesLeft()).toEqual([]);
});
