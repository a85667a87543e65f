// The server's own place for what predictions put out as files: a worker's directory goes with the worker, also while
// its outputs are still on their way.
import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../../base/log.ts';
import type { Output } from '../../protocol/slot-messages.ts';
import { makePrivateDirectory } from '../work-directory.ts';

export class OutputArea {
  readonly #directory: () => string;
  readonly #log: Logger;
  #isMade = false;

  /** `directory` is asked for when there is a first file, and made. */
  constructor(directory: () => string, log: Logger) {
    this.#directory = directory;
    this.#log = log;
  }

  /** The same output with its temporary files moved here. Synchronous: nothing can remove them in between. */
  adopt(output: Output): Output {
    const { payload, files } = output;
    return {
      ...output,
      payload: payload.in === 'file' ? { ...payload, path: this.#move(payload.path) } : payload,
      files: files.map((file) => (file.temporary ? { ...file, path: this.#move(file.path) } : file)),
    };
  }

  /** Removes what an adopted output has on disk. */
  async discard({ payload, files }: Output): Promise<void> {
    const spilled = payload.in === 'file' ? [payload.path] : [];
    const temporary = files.filter((file) => file.temporary).map((file) => file.path);
    for (const file of [...spilled, ...temporary]) {
      try {
        await rm(file, { force: true });
      } catch (error) {
        // The prediction is not worse for it; the directory goes with the server.
        this.#log.warn({ path: file, error }, 'a temporary output file could not be removed');
      }
    }
  }

  #move(from: string): string {
    try {
      const to = path.join(this.#directory(), randomUUID());
      if (!this.#isMade) makePrivateDirectory(this.#directory());
      this.#isMade = true;
      renameSync(from, to);
      return to;
    } catch {
      // On another file system it can be read where it is; one that is not there fails when it is read, and is named.
      return from;
    }
  }
}
