// The files of one output value: written side by side where they are streams, one after the other else, and removed
// again when the value fails as a whole.
import { realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { isObject } from '../../../base/json.ts';
import { jsonPointer } from '../../../base/json-pointer.ts';
import { PawlError } from '../../../errors.ts';
import { CancelationError } from '../../../predictor/cancelation.ts';
import type { OutputFile } from '../../../protocol/slot-messages.ts';
import { keepFile } from '../keep-file.ts';
import { abortable } from './abortable.ts';
import { whyUnreadable, writeContent } from './file-content.ts';
import type { FileValue } from './file-value.ts';
import { describeLocation, type Key } from './location.ts';
import type { OutputArea, OutputKind } from './output-area.ts';

export interface FileBatchParts {
  readonly area: OutputArea;
  readonly kind: OutputKind;
  readonly path: string;
}

type Saved = Omit<OutputFile, 'pointer'>;

export class FileBatch implements Disposable {
  readonly #parts: FileBatchParts;
  readonly #signal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #onAbort = () => this.#stop.abort(new CancelationError());
  readonly #running: Promise<Saved>[] = [];
  /** The last of those that wait for each other: thousands of buffers must not open thousands of files. */
  #lane: Promise<unknown> = Promise.resolve();

  constructor(parts: FileBatchParts) {
    this.#parts = parts;
    this.#signal = parts.area.signal();
    this.#signal.addEventListener('abort', this.#onAbort);
    if (this.#signal.aborted) this.#onAbort();
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  abortable<T>(promise: Promise<T>): Promise<T> {
    return abortable(promise, this.#signal);
  }

  async save(file: FileValue, keys: readonly Key[]): Promise<OutputFile> {
    const where = describeLocation(this.#parts.path, keys);
    // Streams may be fed by one source in turns, so none of them may wait for another to end.
    const isStream = file.content.from === 'node-stream' || file.content.from === 'web-stream';
    const saved = isStream ? this.#save(file, where) : this.#lane.then(() => this.#save(file, where));
    // A failure is reported to whoever asked for that file; the next one still has its turn.
    if (!isStream) this.#lane = saved.catch(() => undefined);
    this.#running.push(saved);
    return { pointer: jsonPointer(keys), ...(await saved) };
  }

  /** Ends what is being written and removes what was. */
  async abandon(): Promise<void> {
    this.#stop.abort(new CancelationError());
    const outcomes = await Promise.allSettled(this.#running);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled' && outcome.value.temporary)
        await rm(outcome.value.path, { force: true });
    }
  }

  async #save(file: FileValue, where: string): Promise<Saved> {
    try {
      if (this.#stop.signal.aborted) throw new CancelationError();
      return await (file.content.from === 'path'
        ? this.#savePath(file, file.content.path)
        : this.#saveContent(file, file.content));
    } catch (error) {
      if (error instanceof PawlError) throw error;
      if (this.#stop.signal.aborted) throw new CancelationError();
      const reason = describeFileError(error, file);
      throw new PawlError('PAWL_OUTPUT_FILE_FAILED', `Output file at ${where} could not be read: ${reason}`, {
        cause: error,
      });
    }
  }

  async #saveContent(
    file: FileValue,
    content: Exclude<FileValue['content'], { from: 'path' }>,
  ): Promise<Saved> {
    const { area } = this.#parts;
    const { name, mediaType } = area.naming(file, null);
    const target = area.newPath(name);
    await writeContent(content, target, this.#stop.signal);
    return { path: target, mediaType, name, temporary: true };
  }

  /**
   * Delivered from a place of its own: the temporary directory goes with the prediction, and elsewhere the next one may
   * write to the same path before this file has left.
   */
  async #savePath(file: FileValue, given: string): Promise<Saved> {
    const problem = await whyUnreadable(given);
    if (problem !== null) throw new Error(`${given} ${problem}; return a regular file`);
    const { area, kind } = this.#parts;
    const { name, mediaType } = area.naming(file, path.basename(given));
    // A link inside the temporary directory may lead out of it, and the reverse.
    const source = await realpath(given);
    const tempDir = area.tempDir();
    const isTemporary = tempDir !== null && source.startsWith(`${await realpath(tempDir)}${path.sep}`);
    const target = area.newPath(name);
    await keepFile(source, target, isTemporary && kind === 'value' ? 'link' : 'copy');
    return { path: target, mediaType, name, temporary: true };
  }
}

function describeFileError(error: unknown, { content }: FileValue): string {
  const source = content.from === 'path' ? content.path : 'its source';
  switch (isObject(error) ? error.code : null) {
    case 'ENOENT':
      return `${source} does not exist; write the file before you return it`;
    case 'EACCES':
    case 'EPERM':
      return `${source} may not be read; check its permissions`;
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; free space, or choose another --work-dir';
    default:
      return isObject(error) && typeof error.message === 'string' ? error.message : String(error);
  }
}
