// The input of a prediction as the worker prepares it, from files on a server of the test. Time is by hand.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LIMITS } from '../../src/limits.ts';
import { PawlFile } from '../../src/predictor/pawl-file.ts';
import { type PrepareOptions, prepareInput } from '../../src/worker/model/input/prepare.ts';
import type { FilePath, InputSchema } from '../../src/worker/model/loaded-predictor.ts';
import { eventually } from './eventually.ts';
import { type FileServer, serveRequests } from './file-server.ts';
import { ManualClock } from './manual-clock.ts';
import { netClient } from './net-client.ts';

export const schemaWith = (...files: FilePath[]): InputSchema => ({
  json: {},
  files,
  check: async (value) => ({ ok: true, value }),
});

export class InputBench {
  readonly tempDir: string;
  readonly clock = new ManualClock();
  readonly #controller = new AbortController();
  readonly #client = netClient();
  #server: FileServer | null = null;

  private constructor(tempDir: string) {
    this.tempDir = tempDir;
  }

  static async make(): Promise<InputBench> {
    return new InputBench(await mkdtemp(path.join(tmpdir(), 'pawl-input-')));
  }

  async remove(): Promise<void> {
    this.#client.close();
    await this.stopServing();
    await rm(this.tempDir, { recursive: true });
  }

  /** Starts the server; its URL. */
  async serve(listener: RequestListener): Promise<string> {
    this.#server = await serveRequests(listener);
    return this.#server.url;
  }

  async stopServing(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  cancel(): void {
    this.#controller.abort();
  }

  prepare(raw: Record<string, unknown>, more: Partial<PrepareOptions> = {}, schema = schemaWith(['f'])) {
    return prepareInput(raw, schema, {
      given: [],
      tempDir: () => this.tempDir,
      signal: () => this.#controller.signal,
      enter: (check) => check(),
      client: this.#client,
      inputFileBytesMax: 1000,
      downloadMs: 60_000,
      userAgent: null,
      clock: this.clock,
      ...more,
    });
  }

  /** The file that one field became. */
  async fetched(url: string, more: Partial<PrepareOptions> = {}): Promise<PawlFile> {
    const result = await this.prepare({ f: url }, more);
    if (!result.ok || !(result.value.f instanceof PawlFile)) throw new Error('no file');
    return result.value.f;
  }

  /** Lets the pauses between tries pass: all of them are shorter than the time a download has. */
  async hurried<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await eventually('it settles', () => {
      // A pause beside the deadline.
      if (!isSettled && this.clock.pending === 2) this.clock.advance(LIMITS.transferRetryMs.value * 2 ** 3);
      return isSettled ? true : null;
    });
    return promise;
  }

  async filesLeft(): Promise<string[]> {
    const inputs = path.join(this.tempDir, 'inputs');
    return existsSync(inputs) ? readdir(inputs) : [];
  }
}
