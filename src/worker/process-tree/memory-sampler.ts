// How much memory the subprocesses of each run hold at most, as far as looking at them now and then tells. Lives on the
// I/O thread, since the model thread may be blocked in the very subprocess. A run that starts none costs it nothing, and
// looking never takes more than a small part of the thread's time. Needs /proc.
import type { Clock, Timer } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import type { SharedState } from '../shared-state.ts';
import { memoryOf } from './proc.ts';
import type { ProcessEntry } from './process-entry.ts';
import type { RunAddress } from './run-mark.ts';

export interface MemorySamplerParts {
  readonly clock: Clock;
  readonly shared: Pick<SharedState, 'hasSpawned' | 'sawSubprocesses' | 'forgetSubprocesses'>;
  /** The run's subprocesses that are alive now. */
  readonly treeOf: (at: RunAddress) => readonly Pick<ProcessEntry, 'pid'>[];
}

/** After a look that took a millisecond, this many pass before the next one. */
const REST_PER_LOOK = 20;

export class MemorySampler {
  readonly #parts: MemorySamplerParts;
  /** By slot; undefined where nothing runs. */
  readonly #runs: (RunAddress | undefined)[] = [];
  #timer: Timer | null = null;

  constructor(parts: MemorySamplerParts) {
    this.#parts = parts;
  }

  began(at: RunAddress): void {
    this.#parts.shared.forgetSubprocesses(at.slot);
    this.#runs[at.slot] = at;
    this.#timer ??= this.#lookIn(limit('subprocessSampleMs'));
  }

  ended(at: RunAddress): void {
    if (this.#runs[at.slot]?.run === at.run) this.#runs[at.slot] = undefined;
  }

  #lookIn(ms: number): Timer {
    return this.#parts.clock.after(ms, () => this.#look());
  }

  #look(): void {
    const { clock, shared } = this.#parts;
    const began = clock.monotonic();
    const running = this.#runs.filter((at) => at !== undefined);
    for (const at of running) if (shared.hasSpawned(at.slot, at.run)) this.#measure(at);
    const restMs = (clock.monotonic() - began) * REST_PER_LOOK;
    this.#timer = running.length === 0 ? null : this.#lookIn(Math.max(limit('subprocessSampleMs'), restMs));
  }

  /** Together they hold what is resident now; one alone has held its own peak, also between two looks. */
  #measure(at: RunAddress): void {
    let togetherKib = 0;
    let highestKib = 0;
    for (const { pid } of this.#parts.treeOf(at)) {
      const memory = memoryOf(pid);
      togetherKib += memory?.residentKib ?? 0;
      highestKib = Math.max(highestKib, memory?.peakKib ?? 0);
    }
    this.#parts.shared.sawSubprocesses(at.slot, Math.max(togetherKib, highestKib));
  }
}
