// One try of a download: one request, with its redirects, and its body to one file, under a byte limit. Says whether
// another try may help; never waits for one.
import { open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Clock } from '../../../base/clock.ts';
import { mediaTypeEssence } from '../../../base/file-name.ts';
import { type Followed, follow } from '../../../net/follow.ts';
import type { HttpClient } from '../../../net/http-client.ts';
import { askedPauseMs, isTransientError, isTransientStatus } from '../../../net/retry.ts';
import type { Outcome } from '../../../net/tries.ts';
import { describeFetchError, tooLarge } from './source-failure.ts';

export interface Download {
  /** From Content-Type; null where there is none. */
  readonly mediaType: string | null;
  readonly size: number;
}

export interface TryOptions {
  readonly client: HttpClient;
  /** Ends the request, and the reading of its answer. */
  readonly signal: AbortSignal;
  readonly bytesMax: number;
  readonly userAgent: string | null;
  readonly clock: Clock;
}

/** Where it is not 'done', or throws, `target` does not exist. */
export async function downloadOnce(
  url: URL,
  target: string,
  options: TryOptions,
): Promise<Outcome<Download>> {
  try {
    const answer = await get(url, options);
    const refusal = refusedBy(answer, options.clock.now());
    if (refusal !== null) return refusal;
    const { response } = answer;
    const announced = Number(response.headers['content-length'] ?? 0);
    if (announced > options.bytesMax) throw tooLarge(options.bytesMax);
    const size = await store(response, target, options.bytesMax);
    const mediaType = mediaTypeEssence(response.headers['content-type'] ?? '');
    return { type: 'done', value: { mediaType, size } };
  } catch (error) {
    // A compressed body that ends early was cut like any other.
    const mayPass = isTransientError(error) || codeOf(error) === 'Z_BUF_ERROR';
    if (options.signal.aborted || !mayPass) throw error;
    return { type: 'retry', reason: describeFetchError(error).message, afterMs: null };
  }
}

function get(url: URL, { client, userAgent, signal }: TryOptions): Promise<Followed> {
  // The file as it is: a compressed transfer would make Content-Length say nothing about its size.
  const plain = { accept: '*/*', 'accept-encoding': 'identity' };
  const headers = userAgent === null ? plain : { ...plain, 'user-agent': userAgent };
  return follow(client, { url, method: 'GET', headers, body: null, authorization: null, signal });
}

/** Null where the answer is the file. */
function refusedBy({ response, discard }: Followed, now: number): Outcome<never> | null {
  const { statusCode = 0, statusMessage = '', headers } = response;
  if (statusCode >= 200 && statusCode < 300) return null;
  discard();
  const answered = `the server answered ${`${statusCode} ${statusMessage}`.trim()}`;
  if (isTransientStatus(statusCode)) {
    return { type: 'retry', reason: answered, afterMs: askedPauseMs(headers, now) };
  }
  return { type: 'refused', reason: `${answered}; check that the URL is right and needs no further rights` };
}

/** Some servers compress whatever they were asked for. */
const DECODERS: { readonly [encoding: string]: () => Transform } = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function decoded(response: IncomingMessage): Readable {
  const decoder = DECODERS[response.headers['content-encoding']?.toLowerCase() ?? 'identity'];
  // A pipeline, so that either side's failure ends the other; whoever reads sees it.
  return decoder === undefined ? response : pipeline(response, decoder(), () => {});
}

async function store(response: IncomingMessage, target: string, bytesMax: number): Promise<number> {
  const file = await open(target, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of decoded(response)) {
      size += chunk.length;
      if (size > bytesMax) throw tooLarge(bytesMax);
      await file.writeFile(chunk);
    }
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return size;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : null;
}
