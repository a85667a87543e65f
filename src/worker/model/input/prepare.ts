// From the JSON that arrived to what predict() receives: files are fetched into the prediction's temporary directory,
// then the predictor's own schema checks and fills the rest. Whoever owns that directory removes it.
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from '../../../base/clock.ts';
import {
  extensionOfMediaType,
  mediaTypeOfName,
  safeFileName,
  uniqueFileName,
  withExtension,
} from '../../../base/file-name.ts';
import { percentDecoded } from '../../../base/percent-decoded.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import type { HttpClient } from '../../../net/http-client.ts';
import { CancelationError } from '../../../predictor/cancelation.ts';
import { PawlFile } from '../../../predictor/pawl-file.ts';
import type { InputFile } from '../../../protocol/slot-messages.ts';
import { keepFile } from '../keep-file.ts';
import type { Checked, InputSchema } from '../loaded-predictor.ts';
import { decodeDataUrl } from './data-url.ts';
import { download } from './download.ts';

import { describeField, type FieldPath, putFiles } from './file-fields.ts';
import { type FileJob, fileJobs } from './file-jobs.ts';
import { describeSource } from './source.ts';

import { describeFetchError, SourceFailure } from './source-failure.ts';

export interface PrepareOptions {
  /** What need not be fetched. */
  readonly given: readonly InputFile[];
  /** The prediction's directory, made on first use. */
  readonly tempDir: () => string;
  /** Asked for only when there is a file to fetch. */
  readonly signal: () => AbortSignal;
  /** Calls the predictor's own code. */
  readonly enter: <T>(check: () => T) => T;
  readonly client: HttpClient;
  readonly inputFileBytesMax: number;
  readonly downloadMs: number;
  readonly userAgent: string | null;
  readonly clock?: Clock;
}

const UNKNOWN_TYPE = 'application/octet-stream';

/** @throws PawlError PAWL_INPUT_FILE_FAILED; CancelationError when the signal is aborted meanwhile. */
export async function prepareInput(
  raw: Record<string, unknown>,
  schema: InputSchema | null,
  options: PrepareOptions,
): Promise<Checked<Record<string, unknown>>> {
  const { jobs, issues } = fileJobs(raw, schema?.files ?? [], options.given);
  if (issues.length > 0) return { ok: false, issues };
  const input = jobs.length === 0 ? raw : putFiles(raw, await new FileFetch(options).all(jobs));
  return schema === null ? { ok: true, value: input } : options.enter(() => schema.check(input));
}

/** The files of one input: fetched side by side; the first that fails ends the others. */
class FileFetch {
  readonly #options: PrepareOptions;
  readonly #names = new Set<string>();
  readonly #stop = new AbortController();
  #failure: unknown = null;
  #directory: Promise<string> | null = null;

  constructor(options: PrepareOptions) {
    this.#options = options;
  }

  async all(jobs: readonly FileJob[]): Promise<{ path: FieldPath; file: PawlFile }[]> {
    const signal = this.#options.signal();
    const onAbort = () => this.#fail(new CancelationError());
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    const files: { path: FieldPath; file: PawlFile }[] = [];
    const waiting = jobs.values();
    const lane = async () => {
      for (const job of waiting) {
        if (this.#failure !== null) return;
        files.push({ path: job.path, file: await this.#fetch(job) });
      }
    };
    const lanes = Array.from({ length: Math.min(limit('downloadsParallelMax'), jobs.length) }, () =>
      lane().catch((error: unknown) => this.#fail(error)),
    );
    await Promise.all(lanes);
    signal.removeEventListener('abort', onAbort);
    if (this.#failure !== null) throw this.#failure;
    return files;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#stop.abort();
  }

  async #fetch({ path: at, source }: FileJob): Promise<PawlFile> {
    try {
      // One for all of them: whoever waits for it goes on in order, and so names are given in order.
      this.#directory ??= this.#makeDirectory();
      const directory = await this.#directory;
      switch (source.kind) {
        case 'http':
          return await this.#fromHttp(source.url, directory);
        case 'data':
          return await this.#fromData(source.url, directory);
        case 'stored':
          return await this.#fromServer(source.file, directory);
      }
    } catch (error) {
      if (error instanceof CancelationError) throw error;
      const failure = error instanceof SourceFailure ? error : describeFetchError(error);
      throw new PawlError(
        'PAWL_INPUT_FILE_FAILED',
        `Input file ${describeField(at)} could not be read from ${describeSource(source)}: ${failure.message}`,
        { cause: error },
      );
    }
  }

  /** Of their own: a file that predict() writes to its tempDir never replaces an input. */
  async #makeDirectory(): Promise<string> {
    const directory = path.join(this.#options.tempDir(), 'inputs');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return directory;
  }

  async #fromHttp(url: URL, directory: string): Promise<PawlFile> {
    const { client, inputFileBytesMax, downloadMs, userAgent, clock } = this.#options;
    const basename = percentDecoded(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
    const name = uniqueFileName(safeFileName(basename, 'file'), this.#names);
    const target = path.join(directory, name);
    const { mediaType, size } = await download(url, target, {
      client,
      signal: this.#stop.signal,
      bytesMax: inputFileBytesMax,
      downloadMs,
      userAgent,
      clock: clock ?? systemClock,
    });
    return new PawlFile({
      path: target,
      name,
      type: mediaType ?? mediaTypeOfName(name) ?? UNKNOWN_TYPE,
      size,
    });
  }

  async #fromData(url: string, directory: string): Promise<PawlFile> {
    const content = decodeDataUrl(url, this.#options.inputFileBytesMax);
    const { mediaType, name: given } = content;
    const unnamed = `file${extensionOfMediaType(mediaType) ?? '.bin'}`;
    const name = uniqueFileName(given === null ? unnamed : givenName(given, mediaType), this.#names);
    const target = path.join(directory, name);
    try {
      await writeFile(target, content.bytes, { flag: 'wx', mode: 0o600, signal: this.#stop.signal });
    } catch (error) {
      await rm(target, { force: true });
      throw this.#stop.signal.aborted ? new CancelationError() : error;
    }
    return new PawlFile({ path: target, name, type: mediaType, size: content.bytes.length });
  }

  async #fromServer(
    { path: stored, name: given, mediaType, from }: InputFile,
    directory: string,
  ): Promise<PawlFile> {
    const name = uniqueFileName(givenName(given, mediaType), this.#names);
    const target = path.join(directory, name);
    await keepFile(stored, target, from === 'part' ? 'link' : 'copy');
    const { size } = await stat(target);
    return new PawlFile({ path: target, name, type: mediaType, size });
  }
}

function givenName(given: string, mediaType: string): string {
  return withExtension(safeFileName(path.basename(given), 'file'), mediaType);
}
