// One http(s) URL to one file on disk: streamed, with a byte limit and one deadline for all of it. Either the whole
// file is there at the end or nothing is.
import { open, rm } from 'node:fs/promises';
import type { Clock } from '../../../base/clock.ts';
import { mediaTypeEssence } from '../../../base/file-name.ts';
import { limit } from '../../../limits.ts';
import { CancelationError } from '../../../predictor/cancelation.ts';
import { percentDecoded } from './source.ts';
import { describeFetchError, SourceFailure, tooLarge } from './source-failure.ts';

// Taken before user code is imported: a predictor that replaces the global fetch does not change how inputs arrive.
const { fetch } = globalThis;

export interface DownloadOptions {
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
    const response = await follow(url, controller.signal, options.userAgent);
    const announced = Number(response.headers.get('content-length') ?? 0);
    if (announced > options.bytesMax) throw tooLarge(options.bytesMax);
    const size = await store(response.body ?? [], target, options.bytesMax);
    return { mediaType: mediaTypeEssence(response.headers.get('content-type') ?? ''), size };
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

/** Redirects are followed by hand: fetch refuses credentials in URLs, and its own limit is another one. */
async function follow(start: URL, signal: AbortSignal, userAgent: string | null): Promise<Response> {
  const redirectsMax = limit('redirectsMax');
  let url = start;
  let credentials = takeCredentials(start);
  for (let redirects = 0; redirects <= redirectsMax; redirects++) {
    const target = new URL(url);
    target.username = '';
    target.password = '';
    const headers = requestHeaders(userAgent, credentials);
    const response = await fetch(target, { redirect: 'manual', signal, headers });
    const next = redirectTarget(response, target);
    if (next === null) return accept(response);
    await response.body?.cancel();
    // Credentials stay with the origin they were given for.
    credentials = takeCredentials(next) ?? (next.origin === url.origin ? credentials : null);
    url = next;
  }
  throw new SourceFailure(`it redirects more than ${redirectsMax} times; use the URL it should end at`);
}

function requestHeaders(userAgent: string | null, credentials: string | null): Headers {
  // The file as it is: a compressed transfer would make Content-Length say nothing about its size.
  const headers = new Headers({ accept: '*/*', 'accept-encoding': 'identity' });
  if (userAgent !== null) headers.set('user-agent', userAgent);
  if (credentials !== null) headers.set('authorization', credentials);
  return headers;
}

function takeCredentials(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  const text = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

function redirectTarget(response: Response, base: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(response.status)) return null;
  const location = response.headers.get('location');
  if (location === null) return null;
  if (!URL.canParse(location, base.href)) throw new SourceFailure('it redirects to a malformed URL');
  const target = new URL(location, base);
  if (target.protocol === 'http:' || target.protocol === 'https:') return target;
  throw new SourceFailure(`it redirects to a ${target.protocol} URL; only http(s) is followed`);
}

function accept(response: Response): Response {
  if (response.ok) return response;
  const status = `${response.status} ${response.statusText}`.trim();
  throw new SourceFailure(
    `the server answered ${status}; check that the URL is right and needs no further rights`,
  );
}

async function store(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  target: string,
  bytesMax: number,
): Promise<number> {
  const file = await open(target, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
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
