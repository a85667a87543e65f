// One http(s) URL to one file on disk: streamed, with a byte limit and one deadline for all of it. Either the whole
// file is there at the end or nothing is.
import { open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Clock } from '../../../base/clock.ts';
import { mediaTypeEssence } from '../../../base/file-name.ts';
import { follow } from '../../../net/follow.ts';
import type { HttpClient } from '../../../net/http-client.ts';
import { CancelationError } from '../../../predictor/cancelation.ts';
import { describeFetchError, SourceFailure, tooLarge } from './source-failure.ts';

export interface DownloadOptions {
  readonly client: HttpClient;
  readonly signal: AbortSignal;
  readonly bytesMax: number;
  readonly downloadMs: number;
  readonly userAgent: string | null;
  readonly clock: Clock;
}

export interface Download {
  /** From Content-Type; null where there is none. */
  readonly mediaType: string | null;
  readonly size: number;
}

type Stop = CancelationError | SourceFailure;

/** @throws SourceFailure, or CancelationError when `signal` is aborted; `target` does not exist then. */
export async function download(url: URL, target: string, options: DownloadOptions): Promise<Download> {
  const controller = new AbortController();
  let stop: Stop | null = null;
  const stopWith = (reason: Stop) => {
    stop ??= reason;
    controller.abort(stop);
  };
  const onAbort = () => stopWith(new CancelationError());
  options.signal.addEventListener('abort', onAbort);
  if (options.signal.aborted) onAbort();
  const timer = options.clock.after(options.downloadMs, () => stopWith(deadlineFailure(options.downloadMs)));
  try {
    const response = await get(url, options, controller.signal);
    const announced = Number(response.headers['content-length'] ?? 0);
    if (announced > options.bytesMax) throw tooLarge(options.bytesMax);
    const size = await store(response, target, options.bytesMax);
    return { mediaType: mediaTypeEssence(response.headers['content-type'] ?? ''), size };
  } catch (error) {
    // Whatever the abort made fail, and however, the reason is the one that is known.
    throw stop ?? (error instanceof SourceFailure ? error : describeFetchError(error));
  } finally {
    timer.cancel();
    options.signal.removeEventListener('abort', onAbort);
    // Closes the connection where the body was not read to its end.
    controller.abort();
  }
}

function deadlineFailure(ms: number): SourceFailure {
  return new SourceFailure(
    `it did not arrive within ${ms / 1000} s; check the server, or raise --download-timeout`,
  );
}

async function get(
  url: URL,
  { client, userAgent }: DownloadOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  // The file as it is: a compressed transfer would make Content-Length say nothing about its size.
  const plain = { accept: '*/*', 'accept-encoding': 'identity' };
  const headers = userAgent === null ? plain : { ...plain, 'user-agent': userAgent };
  const { response } = await follow(client, {
    url,
    method: 'GET',
    headers,
    body: null,
    authorization: null,
    signal,
  });
  const { statusCode = 0, statusMessage = '' } = response;
  if (statusCode >= 200 && statusCode < 300) return response;
  throw new SourceFailure(
    `the server answered ${`${statusCode} ${statusMessage}`.trim()}; check that the URL is right and needs no further rights`,
  );
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
