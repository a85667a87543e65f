// Puts one output file at --upload-url: by stream, tried again where that may help, given up where it may not. Memory
// does not grow with the file.
import type { Clock } from '../../base/clock.ts';
import { follow } from '../../net/follow.ts';
import type { HttpClient } from '../../net/http-client.ts';
import { describeNetError, NetFailure } from '../../net/net-failure.ts';
import { askedPauseMs, isTransientStatus } from '../../net/retry.ts';
import { type Outcome, tryOften } from '../../net/tries.ts';
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
      const job = { output, target, contentType, trace: of.trace, signal };
      return await tryOften(() => this.#try(job), { ...this.#parts, signal });
    } catch (cause) {
      const why = signal.aborted ? new Error(CANCELED) : cause;
      throw outputFileFailed(file, `could not be uploaded to ${this.#parts.base.origin}`, why);
    }
  }

  async #try({ output, target, contentType, trace, signal }: Job): Promise<Outcome<string>> {
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
  ): Outcome<string> {
    const isTaken = (status >= 200 && status < 300) || status === 303;
    if (isTaken && body.isSent) return { type: 'done', value: uploadedUrl(url, headers.location) };
    const afterMs = askedPauseMs(headers, this.#parts.clock.now());
    if (isTaken)
      return { type: 'retry', reason: 'the server answered before it had the whole file', afterMs };
    const reason = `the server answered ${status}`;
    return isTransientStatus(status) ? { type: 'retry', reason, afterMs } : { type: 'refused', reason };
  }
}
