// An input that is too large for memory: a part of a file that still has its name, until a worker or nobody needs it.
import { rename, rm } from 'node:fs/promises';
import type { SpilledInput } from '../../protocol/slot-messages.ts';
import { spillPath } from '../../protocol/spill.ts';

export interface TextRange {
  readonly path: string;
  /** In bytes; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
}

/** A text in an input that may be the URL of a stored file. */
export interface OwnUrl {
  readonly id: string;
  readonly pointer: string;
}

export class StoredInput {
  readonly ownUrls: readonly OwnUrl[];
  readonly #range: TextRange;
  #isMine = true;

  constructor(range: TextRange, ownUrls: readonly OwnUrl[]) {
    this.#range = range;
    this.ownUrls = ownUrls;
  }

  /** Moves the file into a worker's directory; from then on it is the worker's to remove. */
  async handOver(directory: string): Promise<SpilledInput> {
    const path = spillPath(directory);
    await rename(this.#range.path, path);
    this.#isMine = false;
    return { in: 'file', ...this.#range, path };
  }

  /** For an input that no worker gets any more; harmless otherwise. */
  discard(): void {
    if (!this.#isMine) return;
    this.#isMine = false;
    // What cannot be removed goes with the server's directory.
    rm(this.#range.path, { force: true }).catch(() => {});
  }
}
