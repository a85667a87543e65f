// What a prediction cost while predict() ran: CPU time and memory of the worker, and of the subprocesses it started.
// Must stay cheap: a few microseconds at both ends, more only for a prediction that starts subprocesses. What cannot be
// told apart from the neighbours' is null, never a guess.
import type { Usage } from '../../protocol/slot-messages.ts';
import { waitedCpuMs } from '../process-tree/proc.ts';
import type { RunAddress } from '../process-tree/run-mark.ts';
import type { SharedState } from '../shared-state.ts';
import type { PeakMemory } from './peak-memory.ts';

/** The beginning of one prediction. */
export interface UsageMark {
  readonly at: RunAddress;
  /** What the process had used; null where another prediction ran already, so that the two cannot be told apart. */
  readonly cpu: NodeJS.CpuUsage | null;
  /** Number of this beginning in the worker. */
  readonly turn: number;
}

export interface UsageMeterParts {
  readonly shared: Pick<SharedState, 'hasSpawned' | 'subprocessPeakBytes'>;
  readonly memory: Pick<PeakMemory, 'reset' | 'bytes'>;
}

export class UsageMeter {
  readonly #parts: UsageMeterParts;
  /** By slot: what ended subprocesses had used when the run started its first one. */
  readonly #waitedMs: (number | null)[] = [];
  #running = 0;
  #turns = 0;
  #setupMs = 0;

  constructor(parts: UsageMeterParts) {
    this.#parts = parts;
  }

  /** Setup is over: it took as long as the process is old. */
  ready(): void {
    this.#setupMs = performance.now();
  }

  begin(at: RunAddress): UsageMark {
    // Not while a neighbour runs: its peak would be lost.
    if (this.#running === 0) this.#parts.memory.reset();
    this.#running += 1;
    this.#turns += 1;
    return { at, cpu: this.#running === 1 ? process.cpuUsage() : null, turn: this.#turns };
  }

  /** Before a subprocess is started by a run (or by none: null), and before SharedState hears of it. */
  spawning(at: RunAddress | null): void {
    if (at === null || this.#parts.shared.hasSpawned(at.slot, at.run)) return;
    this.#waitedMs[at.slot] = waitedCpuMs();
  }

  /** Once for each begin(). */
  end(mark: UsageMark): Usage {
    this.#running -= 1;
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    // Null unless it was alone from its beginning to its end.
    const before = mark.turn === this.#turns ? mark.cpu : null;
    return {
      setupMs: this.#setupMs,
      cpuMs: before === null ? null : (userCPUTime + systemCPUTime - before.user - before.system) / 1000,
      memoryPeakBytes: this.#parts.memory.bytes(maxRSS),
      ...this.#subprocesses(mark.at, before !== null),
    };
  }

  #subprocesses(
    { slot, run }: RunAddress,
    wasAlone: boolean,
  ): Pick<Usage, 'subprocessCpuMs' | 'subprocessMemoryPeakBytes'> {
    const { shared } = this.#parts;
    if (!shared.hasSpawned(slot, run)) return { subprocessCpuMs: null, subprocessMemoryPeakBytes: null };
    const before = this.#waitedMs[slot] ?? null;
    const now = wasAlone && before !== null ? waitedCpuMs() : null;
    return {
      subprocessCpuMs: now === null || before === null ? null : now - before,
      subprocessMemoryPeakBytes: shared.subprocessPeakBytes(slot),
    };
  }
}
