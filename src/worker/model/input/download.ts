// One http(s) URL to one file on disk, under one deadline, and tried again where that may help. Either the whole file
// is there at the end or nothing is.
import type { Clock } from '../../../base/clock.ts';
import type { HttpClient } from '../../../net/http-client.ts';
import { tryOften } from '../../../net/tries.ts';
import { CancelationError } from '../../../predictor/cancelation.ts';
import { type Download, downloadOnce } from './download-once.ts';
import { describeFetchError, SourceFailure } from './source-failure.ts';

export interface DownloadOptions {
  readonly client: HttpClient;
  readonly signal: AbortSignal;
  readonly bytesMax: number;
  /** For all tries and the pauses between them. */
  readonly downloadMs: number;
  readonly userAgent: string | null;
  readonly clock: Clock;
}

type Stop = CancelationError | SourceFailure;

/** @throws SourceFailure, or CancelationError when `signal` is aborted; `target` does not exist then. */
export async function download(url: URL, target: string, options: DownloadOptions): Promise<Download> {
  const { clock, downloadMs } = options;
  const controller = new AbortController();
  let stop: Stop | null = null;
  const stopWith = (reason: Stop) => {
    stop ??= reason;
    controller.abort(stop);
  };
  const onAbort = () => stopWith(new CancelationError());
  options.signal.addEventListener('abort', onAbort);
  if (options.signal.aborted) onAbort();
  const failures: string[] = [];
  const timer = clock.after(downloadMs, () => stopWith(deadlineFailure(downloadMs, failures)));
  const deadline = clock.monotonic() + downloadMs;
  const attempt = async () => {
    const outcome = await downloadOnce(url, target, { ...options, signal: controller.signal });
    if (outcome.type === 'retry') failures.push(outcome.reason);
    return outcome;
  };
  try {
    const { signal } = controller;
    return await tryOften(attempt, { clock, signal, leftMs: () => deadline - clock.monotonic() });
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

function deadlineFailure(ms: number, failures: readonly string[]): SourceFailure {
  const tries = failures.length === 1 ? '1 earlier try' : `the last of ${failures.length} earlier tries`;
  const before = failures.length === 0 ? '' : `; ${tries} failed: ${failures.at(-1)}`;
  return new SourceFailure(
    `it did not arrive within ${ms / 1000} s; check the server, or raise --download-timeout${before}`,
  );
}
