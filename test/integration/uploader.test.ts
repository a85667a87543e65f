// Uploads to a real server that misbehaves in every way; the clock is by hand, so that no test waits for a pause.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/limits.ts';
import type { HttpClient } from '../../src/net/http-client.ts';
import { asPredictionId } from '../../src/protocol/ids.ts';
import { Uploader } from '../../src/server/upload/uploader.ts';
import { eventually } from '../helpers/eventually.ts';
import { type FileServer, serveRequests } from '../helpers/file-server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { netClient } from '../helpers/net-client.ts';

interface Put {
  readonly method: string | undefined;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

let directory: string;
let server: FileServer | null;
let client: HttpClient;
let clock: ManualClock;
let puts: Put[];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  server = null;
  client = netClient();
  clock = new ManualClock();
  puts = [];
});
afterEach(async () => {
  client.close();
  await server?.close();
  rmSync(directory, { recursive: true });
});

async function listen(listener: RequestListener): Promise<string> {
  server = await serveRequests(listener);
  return server.url;
}

/** Answers the PUT number n, from 1, once it is read. */
function answering(answer: (number: number, response: ServerResponse, put: Put) => void): Promise<string> {
  return listen(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const { method, url = '', headers } = request;
    const put = { method, url, headers, body: Buffer.concat(pieces) };
    puts.push(put);
    answer(puts.length, response, put);
  });
}

function upload(base: string, bytes = 200_000, signal = new AbortController().signal): Promise<string> {
  const file = path.join(directory, 'made');
  writeFileSync(file, Buffer.alloc(bytes, 'abc'));
  const uploader = new Uploader({ client, clock, base: new URL(base), tryMs: 60_000, random: () => 1 });
  const output = { pointer: '', path: file, mediaType: null, name: 'cat.png', temporary: true };
  return uploader.upload(output, { id: asPredictionId('p1'), trace: {} }, signal);
}

/** A try is under way, and has made progress at this very moment of the clock. */
const isWaiting = () => clock.isWaiting(LIMITS.uploadStallMs.value);

/** More than the buffers between the two hold. */
function takeSome(request: IncomingMessage | undefined): void {
  let left = 15_000_000;
  const take = (piece: Buffer) => {
    left -= piece.length;
    if (left < 0) request?.off('data', take).pause();
  };
  request?.on('data', take).resume();
}

/** Lets the pauses between tries pass. */
async function hurried<T>(uploaded: Promise<T>): Promise<T> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  uploaded.then(settle, settle);
  await eventually('the upload settles', () => {
    // Less than a stall, more than a pause.
    if (!isSettled && !isWaiting()) clock.advance(20_000);
    return isSettled ? true : null;
  });
  return uploaded;
}

describe('an upload', () => {
  it('puts the whole file below the base, with type and length', async () => {
    const url = await answering((_number, response) => response.writeHead(201).end());
    const uploaded = await upload(`${url}/up?sig=1`);
    const [put] = puts;
    expect(put?.method).toBe('PUT');
    expect(put?.url).toMatch(/^\/up\/p1\/[0-9a-f]{24}\/cat\.png\?sig=1$/);
    expect(put?.headers).toMatchObject({ 'content-type': 'image/png', 'content-length': '200000' });
    expect(put?.body).toEqual(Buffer.alloc(200_000, 'abc'));
    expect(uploaded).toBe(`${url}${put?.url.replace('?sig=1', '')}`);
    expect(clock.pending).toBe(0);
  });

  it('puts a file of no bytes', async () => {
    const url = await answering((_number, response) => response.end());
    await upload(url, 0);
    expect(puts.map(({ body, headers }) => [body.length, headers['content-length']])).toEqual([[0, '0']]);
  });

  it('gives the URL of the Location header', async () => {
    const url = await answering((_number, response) =>
      response.writeHead(201, { location: 'https://cdn/x.png?t=1#f' }).end(),
    );
    expect(await upload(url)).toBe('https://cdn/x.png#f');
  });

  it.each([301, 302, 307, 308])(
    'follows a %i with the whole file, also where it comes before that was sent',
    async (status) => {
      let hops = 0;
      const url = await listen(async (request, response) => {
        if (request.url?.startsWith('/final') !== true) {
          hops += 1;
          response.writeHead(status, { location: `${url}/final/x.png?s=1` }).end();
          return;
        }
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece);
        puts.push({
          method: request.method,
          url: request.url,
          headers: request.headers,
          body: Buffer.concat(pieces),
        });
        response.end();
      });
      expect(await upload(url, 5_000_000)).toBe(`${url}/final/x.png`);
      expect([hops, puts[0]?.method, puts[0]?.body.length]).toEqual([1, 'PUT', 5_000_000]);
    },
  );
});

describe('a failed try', () => {
  it.each([408, 429, 500, 502, 503, 504])(
    'with %i is followed by another, to the same place',
    async (status) => {
      const url = await answering((number, response) => response.writeHead(number < 3 ? status : 200).end());
      const uploaded = await hurried(upload(url));
      expect(uploaded).toBe(`${url}${puts[0]?.url}`);
      expect(puts.map((put) => [put.url === puts[0]?.url, put.body.length])).toEqual([
        [true, 200_000],
        [true, 200_000],
        [true, 200_000],
      ]);
    },
  );

  it('waits as long as Retry-After says', async () => {
    const url = await answering((number, response) =>
      number === 1 ? response.writeHead(503, { 'retry-after': '7' }).end() : response.end(),
    );
    const uploaded = upload(url);
    await eventually('the first pause', () => (clock.isWaiting(7_000) ? true : null));
    clock.advance(6_999);
    expect(puts).toHaveLength(1);
    clock.advance(1);
    expect(await uploaded).toContain('/p1/');
  });

  it('that ends in a reset is followed by another', async () => {
    let tries = 0;
    const url = await listen((request, response) => {
      tries += 1;
      if (tries === 1) request.once('data', () => request.socket.resetAndDestroy());
      else request.resume().on('end', () => response.end());
    });
    expect(await hurried(upload(url, 5_000_000))).toContain('/cat.png');
    expect(tries).toBe(2);
  });

  it('that was answered before the file was sent is followed by another', async () => {
    let tries = 0;
    const url = await listen((request, response) => {
      tries += 1;
      if (tries === 1) response.end('thanks');
      else request.resume().on('end', () => response.end());
    });
    expect(await hurried(upload(url, 20_000_000))).toContain('/cat.png');
    expect(tries).toBe(2);
  });

  it('with a server that takes nothing ends when it has stalled', async () => {
    let tries = 0;
    const url = await listen((request, response) => {
      tries += 1;
      if (tries > 1) request.resume().on('end', () => response.end());
    });
    const uploaded = upload(url, 20_000_000);
    await eventually('it waits', () =>
      tries === 1 && clock.isWaiting(LIMITS.uploadStallMs.value) ? true : null,
    );
    clock.advance(LIMITS.uploadStallMs.value);
    expect(await hurried(uploaded)).toContain('/cat.png');
  });

  it('that takes too long ends, however busy it is', async () => {
    let tries = 0;
    const slow: IncomingMessage[] = [];
    const url = await listen((request, response) => {
      tries += 1;
      if (tries === 1) slow.push(request.pause());
      else request.resume().on('end', () => response.end());
    });
    const uploaded = upload(url, 60_000_000);
    const [request] = await eventually('it waits', () => (slow.length > 0 && isWaiting() ? slow : null));
    for (let step = 0; step < 2; step++) {
      clock.advance(29_000);
      takeSome(request);
      // The upload has not stalled.
      await eventually('something was taken', () => (isWaiting() ? true : null));
    }
    clock.advance(2_000);
    expect(await hurried(uploaded)).toContain('/cat.png');
    expect(tries).toBe(2);
  });
});

describe('an upload fails, and says why', () => {
  const failed = (reason: string) => ({
    code: 'PAWL_OUTPUT_FILE_FAILED',
    message: expect.stringMatching(
      new RegExp(`^the output file cat.png could not be uploaded to http://127.0.0.1:\\d+: ${reason}$`),
    ),
  });

  it('after so many tries', async () => {
    const url = await answering((_number, response) => response.writeHead(500).end());
    await expect(hurried(upload(url))).rejects.toMatchObject(
      failed('the server answered 500 \\(tried 5 times\\)'),
    );
    expect(puts).toHaveLength(LIMITS.transferTriesMax.value);
  });

  it.each([400, 403, 404, 413, 304])('at once with %i', async (status) => {
    const url = await answering((_number, response) => response.writeHead(status).end());
    await expect(upload(url)).rejects.toMatchObject(failed(`the server answered ${status}`));
    expect(puts).toHaveLength(1);
  });

  it('at once where redirects never end', async () => {
    const url = await answering((_number, response) => response.writeHead(307, { location: '/again' }).end());
    await expect(upload(url)).rejects.toMatchObject(failed('it redirects more than 10 times; .*'));
  });

  it('where nobody listens', async () => {
    const url = await listen(() => {});
    await server?.close();
    server = null;
    await expect(hurried(upload(url))).rejects.toMatchObject(
      failed('nothing listens there; .* \\(tried 5 times\\)'),
    );
  });

  it('at once where the file shrinks meanwhile', async () => {
    const url = await listen((request) => {
      request.once('data', () => {
        request.pause();
        truncateSync(path.join(directory, 'made'), 10);
        request.resume();
      });
    });
    await expect(upload(url, 20_000_000)).rejects.toMatchObject(
      failed('it shrank to \\d+ of 20000000 bytes meanwhile'),
    );
  });
});

describe('a cancel', () => {
  it.each(['while it is sent', 'while it waits for another try'])('ends an upload %s', async (when) => {
    let tries = 0;
    const url = await listen((_request, response) => {
      tries += 1;
      if (when !== 'while it is sent') response.writeHead(500, { 'retry-after': '50' }).end();
    });
    const controller = new AbortController();
    const uploaded = upload(url, 5_000_000, controller.signal);
    await eventually('it is under way', () =>
      tries === 1 && (when === 'while it is sent' || clock.isWaiting(50_000)) ? true : null,
    );
    controller.abort();
    await expect(uploaded).rejects.toThrow('canceled');
    expect([tries, clock.pending]).toEqual([1, 0]);
  });
});
