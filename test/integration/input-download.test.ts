// Input files by URL, from a real server.
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deferred } from '../../src/base/deferred.ts';
import type { PawlFile } from '../../src/predictor/pawl-file.ts';
import { InputBench, schemaWith } from '../helpers/input-bench.ts';

let bench: InputBench;
beforeEach(async () => {
  bench = await InputBench.make();
});
afterEach(() => bench.remove());

it('fetches a file, with the name of its URL and the type that the server says', async () => {
  const url = await bench.serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'Image/PNG; x=y' }).end('abc'),
  );
  const file = await bench.fetched(`${url}/dir/my%20cat.jpg?size=3`);
  expect(file).toMatchObject({ name: 'my cat.jpg', type: 'image/png', size: 3 });
  expect(file.path.startsWith(bench.tempDir)).toBe(true);
  expect(await file.text()).toBe('abc');
});

it('takes the type of the extension where the server names none', async () => {
  const url = await bench.serve((_request, response) => response.end('abc'));
  expect(await bench.fetched(`${url}/a.wav`)).toMatchObject({ name: 'a.wav', type: 'audio/wav' });
  expect(await bench.fetched(`${url}/`)).toMatchObject({ name: 'file', type: 'application/octet-stream' });
  expect(await bench.fetched(`${url}/a%2F..%2Fb%00.txt`)).toMatchObject({
    name: 'a_.._b_.txt',
    type: 'text/plain',
  });
});

it('fetches many files, a few at a time, and tells equal names apart', async () => {
  let running = 0;
  let most = 0;
  const url = await bench.serve((request, response) => {
    most = Math.max(most, ++running);
    setImmediate(() => {
      running--;
      response.end(request.url);
    });
  });
  const list = Array.from({ length: 30 }, (_, index) => `${url}/${index}/a.txt`);
  const result = await bench.prepare({ list, text: list[0] }, {}, schemaWith(['list', null]));
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
  const url = await bench.serve((request, response) =>
    response.end(request.url === '/empty' ? '' : 'x'.repeat(1000)),
  );
  expect(await bench.fetched(`${url}/full`)).toMatchObject({ size: 1000 });
  expect(await bench.fetched(`${url}/empty`)).toMatchObject({ size: 0 });
});

it('sends the User-Agent it is told', async () => {
  const url = await bench.serve((request, response) => response.end(request.headers['user-agent']));
  expect(await (await bench.fetched(`${url}/a`, { userAgent: 'Tester/1' })).text()).toBe('Tester/1');
});

it('stores a file as the server has it, and counts its bytes when it comes compressed anyway', async () => {
  const url = await bench.serve((request, response) => {
    if (request.url === '/encoding') response.end(request.headers['accept-encoding']);
    else response.setHeader('content-encoding', 'gzip').end(gzipSync('x'.repeat(100_000)));
  });
  expect(await (await bench.fetched(`${url}/encoding`)).text()).toBe('identity');
  await expect(bench.fetched(`${url}/bomb`)).rejects.toThrow('it is larger than 1000 bytes');
  expect(await bench.filesLeft()).toEqual(['encoding']);
});

it('follows redirects, relative ones too, and names the file as the client did', async () => {
  const url = await bench.serve((request, response) => {
    if (request.url === '/a.png') response.writeHead(302, { location: 'b' }).end('not this');
    else if (request.url === '/b') response.writeHead(307, { location: '/c.txt' }).end();
    else response.end('abc');
  });
  const file = await bench.fetched(`${url}/a.png`);
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
    /: the server closed the connection early; try again \(ECONNRESET\) \(tried 5 times\)$/,
  ],
  [
    'a connection that breaks at once',
    (request) => request.socket.destroy(),
    /: the server closed the connection early; try again \(ECONNRESET\) \(tried 5 times\)$/,
  ],
];

it.each(failures)(
  'fails on %s, names field and URL, and leaves no file',
  async (_name, listener, message) => {
    const url = await bench.serve(listener);
    const failed = bench.hurried(bench.fetched(`${url}/a`));
    await expect(failed).rejects.toThrow(expect.objectContaining({ code: 'PAWL_INPUT_FILE_FAILED' }));
    await expect(failed).rejects.toThrow(`Input file f could not be read from ${url}/a: `);
    await expect(failed).rejects.toThrow(message);
    expect(await bench.filesLeft()).toEqual([]);
  },
);

it('fails where nothing listens, without showing credentials', async () => {
  const url = await bench.serve(() => {});
  await bench.stopServing();
  const failed = bench.hurried(bench.fetched(`${url.replace('//', '//user:pass@')}/a?token=t`));
  await expect(failed).rejects.toThrow(
    '/a?token=***: nothing listens there; check host and port (ECONNREFUSED) (tried 5 times)',
  );
  await expect(failed).rejects.not.toThrow('pass');
});

it('gives up on a server that never answers when the deadline comes', async () => {
  const asked = deferred();
  const url = await bench.serve(() => asked.resolve());
  const failed = bench.fetched(`${url}/a`, { downloadMs: 1500 });
  await asked.promise;
  bench.clock.advance(1500);
  await expect(failed).rejects.toThrow(
    'it did not arrive within 1.5 s; check the server, or raise --download-timeout',
  );
});

it('gives up on a server that trickles when the deadline comes', async () => {
  const url = await bench.serve((_request, response) => {
    const trickle = () => response.write('x', () => response.destroyed || setImmediate(trickle));
    trickle();
  });
  const failed = bench.fetched(`${url}/a`, { inputFileBytesMax: Number.MAX_SAFE_INTEGER });
  while ((await bench.filesLeft()).length === 0) await new Promise(setImmediate);
  bench.clock.advance(60_000);
  await expect(failed).rejects.toThrow('it did not arrive within 60 s');
  expect(await bench.filesLeft()).toEqual([]);
});

it('closes the connection and leaves no file when the prediction is canceled', async () => {
  const closed = deferred();
  const url = await bench.serve((_request, response) => {
    response.on('close', closed.resolve);
    response.write('half');
  });
  const failed = bench.fetched(`${url}/a`);
  while ((await bench.filesLeft()).length === 0) await new Promise(setImmediate);
  bench.cancel();
  await expect(failed).rejects.toThrow(expect.objectContaining({ name: 'CancelationError' }));
  await closed.promise;
  expect(await bench.filesLeft()).toEqual([]);
});

it('asks for nothing when the prediction was canceled before', async () => {
  let asked = 0;
  const url = await bench.serve(() => asked++);
  bench.cancel();
  await expect(bench.fetched(`${url}/a`)).rejects.toThrow(
    expect.objectContaining({ name: 'CancelationError' }),
  );
  await expect(bench.fetched('data:,a')).rejects.toThrow(
    expect.objectContaining({ name: 'CancelationError' }),
  );
  expect([asked, await bench.filesLeft()]).toEqual([0, []]);
});

it('ends the other downloads when one fails', async () => {
  const closed = deferred();
  const started = deferred();
  const url = await bench.serve((request, response) => {
    if (request.url === '/slow') {
      response.on('close', closed.resolve);
      response.write('half');
      started.resolve();
    } else void started.promise.then(() => response.writeHead(404).end());
  });
  const list = [`${url}/slow`, `${url}/gone`];
  const failed = bench.prepare({ list }, {}, schemaWith(['list', null]));
  await expect(failed).rejects.toThrow(`Input file list[1] could not be read from ${url}/gone: `);
  await closed.promise;
  expect(await bench.filesLeft()).toEqual([]);
});
