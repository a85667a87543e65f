// Input files by URL from servers that fail for a while.
import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deferred } from '../../src/base/deferred.ts';
import { eventually } from '../helpers/eventually.ts';
import { InputBench } from '../helpers/input-bench.ts';

let bench: InputBench;
beforeEach(async () => {
  bench = await InputBench.make();
});
afterEach(() => bench.remove());

describe('a download is tried again', () => {
  /** Fails the first `times` requests in one way; the file after that. */
  async function failing(
    times: number,
    fail: RequestListener,
  ): Promise<{ url: string; asked: () => number }> {
    let asked = 0;
    const url = await bench.serve((request, response) => {
      asked += 1;
      if (asked <= times) fail(request, response);
      else response.writeHead(200, { 'content-type': 'text/plain' }).end('whole');
    });
    return { url, asked: () => asked };
  }

  const ways: [name: string, fail: RequestListener][] = [
    ...[408, 425, 429, 500, 502, 503, 504].map((status): [string, RequestListener] => [
      `an answer of ${status}`,
      (_request, response) => response.writeHead(status).end('not now'),
    ]),
    ['a connection that breaks at once', (request) => request.socket.resetAndDestroy()],
    [
      'a body that is cut',
      (request, response) => {
        response.writeHead(200, { 'content-length': '500' });
        response.write('half', () => request.socket.destroy());
      },
    ],
    [
      'a chunked body that is cut',
      (request, response) => response.write('half', () => request.socket.resetAndDestroy()),
    ],
    [
      'a compressed body that is cut',
      (request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '500' });
        response.write(gzipSync('half').subarray(0, 12), () => request.socket.destroy());
      },
    ],
    [
      'a compressed body that ends early',
      (_request, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('half').subarray(0, 12)),
    ],
    [
      'a redirect to a failure',
      (request, response) => {
        if (request.url === '/gone') response.writeHead(502).end();
        else response.writeHead(302, { location: '/gone' }).end();
      },
    ],
  ];
  it.each(ways)('after %s, until the whole file is there', async (_name, fail) => {
    const { url, asked } = await failing(4, fail);
    const file = await bench.hurried(bench.fetched(`${url}/a.txt`));
    expect([await file.text(), file.size, asked()]).toEqual(['whole', 5, 5]);
    expect(await bench.filesLeft()).toEqual(['a.txt']);
    expect(bench.clock.pending).toBe(0);
  });

  it('and fails after the last try with its reason', async () => {
    const { url, asked } = await failing(100, (_request, response) => response.writeHead(503).end());
    await expect(bench.hurried(bench.fetched(`${url}/a`))).rejects.toThrow(
      `Input file f could not be read from ${url}/a: the server answered 503 Service Unavailable (tried 5 times)`,
    );
    expect([asked(), await bench.filesLeft()]).toEqual([5, []]);
  });

  it.each([400, 401, 403, 404, 410])('never after an answer of %i', async (status) => {
    const { url, asked } = await failing(1, (_request, response) => response.writeHead(status).end());
    await expect(bench.fetched(`${url}/a`)).rejects.toThrow(`the server answered ${status} `);
    expect([asked(), bench.clock.pending]).toEqual([1, 0]);
  });

  it('when Retry-After says, in seconds or as a date', async () => {
    const at = new Date(bench.clock.now() + 17_000).toUTCString();
    let asked = 0;
    const url = await bench.serve((_request, response) => {
      asked += 1;
      const retryAfter = ['7', at][asked - 1];
      if (retryAfter === undefined) response.end('whole');
      else response.writeHead(503, { 'retry-after': retryAfter }).end();
    });
    const file = bench.fetched(`${url}/a`);
    await eventually('the first pause', () => (bench.clock.isWaiting(7_000) ? true : null));
    bench.clock.advance(6_999);
    expect(asked).toBe(1);
    bench.clock.advance(1);
    await eventually('the second pause', () => (bench.clock.isWaiting(10_000) ? true : null));
    bench.clock.advance(10_000);
    expect(await (await file).text()).toBe('whole');
  });

  it('unless no time would be left: it fails at once, and says so', async () => {
    const { url, asked } = await failing(9, (_request, response) =>
      response.writeHead(429, { 'retry-after': '50' }).end(),
    );
    await expect(bench.fetched(`${url}/a`, { downloadMs: 50_000 })).rejects.toThrow(
      ': the server answered 429 Too Many Requests (tried once; no time is left to wait 50 s for another try)',
    );
    expect([asked(), bench.clock.pending]).toEqual([1, 0]);
  });

  it('under one deadline, whose failure names the tries before', async () => {
    const second = deferred();
    let asked = 0;
    const url = await bench.serve((_request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503, { 'retry-after': '40' }).end();
      else second.resolve();
    });
    const failed = bench.fetched(`${url}/a`);
    await eventually('the pause', () => (bench.clock.isWaiting(40_000) ? true : null));
    bench.clock.advance(40_000);
    await second.promise;
    bench.clock.advance(20_000);
    await expect(failed).rejects.toThrow(
      'it did not arrive within 60 s; check the server, or raise --download-timeout; 1 earlier try failed: the server answered 503 Service Unavailable',
    );
  });

  it('not after a cancel, which also ends the pause', async () => {
    const { url, asked } = await failing(9, (_request, response) =>
      response.writeHead(503, { 'retry-after': '40' }).end(),
    );
    const failed = bench.fetched(`${url}/a`);
    await eventually('the pause', () => (bench.clock.isWaiting(40_000) ? true : null));
    bench.cancel();
    await expect(failed).rejects.toThrow(expect.objectContaining({ name: 'CancelationError' }));
    expect([asked(), bench.clock.pending]).toEqual([1, 0]);
  });
});
