// Puts one output file at --upload-url: by stream, tried again where that may help, given up where it may not. Memory
// does not grow with the file.
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import { follow } from '../../net/follow.ts';
import type { HttpClient } from '../../net/http-client.ts';
import { describeNetError, NetFailure } from '../../net/net-failure.ts';
import { isTransientStatus, pauseMs, retryAfterMs } from '../../net/retry.ts';
import type { OutputFile } from '../../protocol/slot-messages.ts';
import { PAWL_VERSION } from '../../version.ts';
import type { DeliveryContext } from '../prediction/output-delivery.ts';
import { FileBody } from './file-body.ts';
import { mediaType, type OpenOutput, openOutput, outputFileFailed } from './open-output.ts';
import { CANCELED, TryWatch } from './try-watch.ts';
import { uploadedUrl, uploadUrl } from './upload-url.ts';

export interface UploaderParts {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly base: URL;
  /** For each try. */
  readonly tryMs: number;
  readonly random?: () => number;
}

type Outcome =
  | { readonly type: 'uploaded'; readonly url: string }
  /** `reason` is the end of a sentence. */
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'retry'; readonly reason: string; readonly afterMs: number | null };

interface Job {
  readonly output: OpenOutput;
  readonly target: URL;
  readonly contentType: string;
  readonly trace: DeliveryContext['trace'];
  readonly signal: AbortSignal;
}

export class Uploader {
  readonly #parts: UploaderParts;

  constructor(parts: UploaderParts) {
    this.#parts = parts;
  }

  /** The URL that clients get. Rejects with PAWL_OUTPUT_FILE_FAILED, naming the file. */
  async upload(file: OutputFile, of: DeliveryContext, signal: AbortSignal): Promise<string> {
    try {
      if (signal.aborted) throw new Error(CANCELED);
      await using output = await openOutput(file);
      const contentType = mediaType(file);
      const target = uploadUrl(this.#parts.base, of.id, { name: file.name, mediaType: contentType });
      return await this.#retried({ output, target, contentType, trace: of.trace, signal });
    } catch (cause) {
      throw outputFileFailed(file, `could not be uploaded to ${this.#parts.base.origin}`, cause);
    }
  }

  async #retried(job: Job): Promise<string> {
    const { clock, random = Math.random } = this.#parts;
    const triesMax = limit('uploadTriesMax');
    for (let tries = 1; ; tries++) {
      const outcome = await this.#try(job);
      if (job.signal.aborted) throw new Error(CANCELED);
      if (outcome.type === 'uploaded') return outcome.url;
      if (outcome.type === 'refused') throw new Error(outcome.reason);
      if (tries === triesMax) throw new Error(`${outcome.reason} (tried ${tries} times)`);
      const asked = Math.min(outcome.afterMs ?? 0, limit('uploadRetryAfterMsMax'));
      const own = pauseMs(
        tries,
        { firstMs: limit('uploadRetryMs'), mostMs: limit('uploadRetryMsMax') },
        random(),
      );
      await pause(Math.max(asked, own), job.signal, clock);
    }
  }

  async #try({ output, target, contentType, trace, signal }: Job): Promise<Outcome> {
    using watch = new TryWatch(this.#parts, signal);
    const body = new FileBody(output.handle, output.size, () => watch.progress());
    try {
      const answer = await follow(this.#parts.client, {
        url: target,
        method: 'PUT',
        headers: { ...trace, 'content-type': contentType, 'user-agent': `pawl/${PAWL_VERSION}` },
        body,
        authorization: null,
        signal: watch.signal,
      });
      answer.discard();
      return this.#outcome(answer.response.statusCode ?? 0, answer.response.headers, answer.url, body);
    } catch (error) {
      const reason = body.failure ?? watch.reason ?? describeNetError(error);
      // What the redirects forbid, they forbid again.
      const isFinal = body.failure !== null || (error instanceof NetFailure && watch.reason === null);
      return isFinal ? { type: 'refused', reason } : { type: 'retry', reason, afterMs: null };
    }
  }

  #outcome(
    status: number,
    headers: { readonly location?: string | undefined; readonly 'retry-after'?: string | undefined },
    url: URL,
    body: FileBody,
  ): Outcome {
    const isTaken = (status >= 200 && status < 300) || status === 303;
    if (isTaken && body.isSent) return { type: 'uploaded', url: uploadedUrl(url, headers.location) };
    const retryAfter = headers['retry-after'];
    const afterMs = retryAfter === undefined ? null : retryAfterMs(retryAfter, this.#parts.clock.now());
    if (isTaken)
      return { type: 'retry', reason: 'the server answered before it had the whole file', afterMs };
    const reason = `the server answered ${status}`;
    return isTransientStatus(status) ? { type: 'retry', reason, afterMs } : { type: 'refused', reason };
  }
}

function pause(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(new Error(CANCELED));
      else resolve();
    };
    const timer = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}
