// One start of a subprocess by work that is known: which marks it carries, where its inherited output goes, and who is
// told. Used by the patches of child_process; knows nothing of their argument shapes.
import type { OutputStream } from '../../../protocol/control-messages.ts';
import { RUN_VARIABLE, runMark } from '../../process-tree/run-mark.ts';
import type { Spawned } from '../../process-tree/run-processes.ts';
import type { Origin } from '../origin.ts';
import type { Marks } from './environment.ts';
import { closeFreshDescriptors, freshDescriptor } from './fresh-descriptors.ts';
import { remapStdio } from './stdio.ts';

export interface LaunchParts {
  /** Where output goes that must not reach the log of any prediction. */
  readonly detachedFd: (stream: OutputStream) => number;
  /** Before a start, so that the I/O thread knows even while a synchronous one blocks; see SharedState.spawning. */
  readonly spawning: (at: Spawned['at']) => number;
  readonly spawned: (spawned: Spawned) => void;
  /** Variables by which the server finds its workers' descendants. */
  readonly carry: Readonly<Record<string, string>>;
}

/** What a start must know of the work that makes it. */
export type Starter = Pick<Origin, 'at' | 'isActive' | 'captureFd'>;

export class Launch {
  readonly marks: Marks;
  readonly #origin: Starter;
  readonly #isKept: boolean;
  readonly #parts: LaunchParts;
  readonly #count: number;

  constructor(origin: Starter, isKept: boolean, parts: LaunchParts) {
    closeFreshDescriptors();
    this.#origin = origin;
    this.#isKept = isKept;
    this.#parts = parts;
    const run: Record<string, string> = isKept ? {} : { [RUN_VARIABLE]: runMark(process.pid, origin.at) };
    this.marks = { set: run, carry: parts.carry };
    this.#count = parts.spawning(this.#at);
  }

  stdio(option: unknown): unknown {
    const { isActive, at } = this.#origin;
    // Of setup() everything is captured from the process's own descriptors.
    if (isActive && at === null) return option;
    return remapStdio(option, (stream) => freshDescriptor(this.#target(stream)));
  }

  /** The start succeeded with `pid`, or there is none (any more). */
  over(pid: number | null): void {
    closeFreshDescriptors();
    this.#parts.spawned({ count: this.#count, at: this.#at, pid });
  }

  /** What work starts after its prediction is over belongs to none. */
  get #at(): Spawned['at'] {
    return this.#origin.isActive ? this.#origin.at : null;
  }

  /** What may write after the prediction's end must not write into the log of the next one. */
  #target(stream: OutputStream): number {
    const fd = this.#isKept || !this.#origin.isActive ? null : this.#origin.captureFd(stream);
    return fd ?? this.#parts.detachedFd(stream);
  }
}
