// What the predictions of this worker have started: who that is, how to end it, and that no orphan stays a zombie.
// Lives on the I/O thread and asks nothing of the model thread, which may be blocked in the very subprocess that must
// go. A prediction that starts nothing costs nothing here. Needs /proc: elsewhere (macOS) it finds nobody, and only the
// end of the worker's process group reaches what a prediction left behind.
import type { Clock } from '../../base/clock.ts';
import { readProcStat } from '../../base/proc-stat.ts';
import { limit } from '../../limits.ts';
import type { SharedState } from '../shared-state.ts';
import { type RunTree, treeOf } from './attribution.ts';
import { type KillOutcome, killTree, type Rung } from './kill-tree.ts';
import { OrphanReaper } from './orphan-reaper.ts';
import { descendants, descendantsAtAGlance, isAvailable, mainThreadChildren, ticksNow } from './proc.ts';
import { identityOf, type ProcessEntry } from './process-entry.ts';
import { type RunAddress, runMark } from './run-mark.ts';

export interface RunProcessesParts {
  readonly clock: Clock;
  readonly shared: Pick<SharedState, 'hasSpawned' | 'spawnCount'>;
  /** waitpid without waiting; false when `pid` is no ended child. */
  readonly reap: (pid: number) => boolean;
  /** The worker. */
  readonly rootPid: number;
}

/** The model thread started a subprocess, or failed to, or a synchronous one has ended already: pid null. */
export interface Spawned {
  /** Value of SharedState.spawnCount at this start. */
  readonly count: number;
  /** null: outside a prediction. */
  readonly at: RunAddress | null;
  readonly pid: number | null;
}

interface RunState {
  readonly at: RunAddress;
  /** Identities of what it was seen to start, and of what was found below that. */
  readonly roots: Set<string>;
  /** Clock.monotonic() */
  readonly began: number;
  /** When the slot was given to the next run. */
  over: number | null;
}

const NOTHING: KillOutcome = { signal: null, left: [] };
const REAP_TRIES_MAX = 10;
const STARTED_MAX = 1_000;

export class RunProcesses {
  readonly #parts: RunProcessesParts;
  readonly #reaper: OrphanReaper;
  /** By slot: the run it carries, or carried last. */
  readonly #runs: (RunState | undefined)[] = [];
  /** Identities of everything the worker's JavaScript has started and that may be alive. */
  #started = new Set<string>();
  #spared: ReadonlySet<string> = new Set();
  #slots = 0;
  /** SharedState.spawnCount of the last report. */
  #reported = 0;
  #isReapPlanned = false;

  constructor(parts: RunProcessesParts) {
    this.#parts = parts;
    this.#reaper = new OrphanReaper(parts.rootPid, {
      clock: parts.clock,
      reap: parts.reap,
      areStartsKnown: () => this.#areStartsKnown,
      mainThreadChildren: () => mainThreadChildren(parts.rootPid),
      isStarted: (identity) => this.#started.has(identity),
    });
  }

  /** Before any prediction: what lives now is setup's, and is spared as long as the worker lives. */
  setupEnded(slots: number): void {
    this.#slots = slots;
    // Several slots go by marks alone.
    if (slots === 1) this.#spared = new Set(this.#list().map(identityOf));
  }

  /** `now`: when it began, by Clock.monotonic(). */
  began(at: RunAddress, now = this.#parts.clock.monotonic()): void {
    const before = this.#runs[at.slot];
    if (before?.at.run === at.run) return;
    if (before !== undefined) before.over = now;
    this.#runs[at.slot] = { at, roots: new Set(), began: now, over: null };
  }

  spawned({ count, at, pid }: Spawned): void {
    this.#reported = count;
    const status = pid === null ? null : readProcStat(pid);
    // Another parent: the pid is somebody else's by now.
    if (status === null || status.ppid !== this.#parts.rootPid) return;
    const identity = identityOf(status);
    if (this.#started.size >= STARTED_MAX) this.#list();
    this.#started.add(identity);
    if (at !== null) this.#stateOf(at).roots.add(identity);
  }

  /** The run's processes that are alive now. */
  treeOf(at: RunAddress): ProcessEntry[] {
    return this.#membersOf(this.#stateOf(at));
  }

  /** The same with less trouble: nobody may be ended on its word. */
  glanceAt(at: RunAddress): ProcessEntry[] {
    const { rootPid } = this.#parts;
    return treeOf(this.#treeOfRun(this.#stateOf(at)), descendantsAtAGlance(rootPid), rootPid);
  }

  /**
   * Ends what the run has started and is still there, rung by rung. `canceled` also looks for what native code may
   * have forked in a worker with one slot; `ended` returns at once where no subprocess was started.
   */
  async end(
    at: RunAddress,
    ladder: readonly Rung[],
    reason: 'canceled' | 'ended',
    onSignal?: (signal: NodeJS.Signals) => void,
  ): Promise<KillOutcome> {
    const hasSpawned = this.#parts.shared.hasSpawned(at.slot, at.run);
    if (!isAvailable() || (!hasSpawned && (reason === 'ended' || this.#slots !== 1))) return NOTHING;
    const run = this.#stateOf(at);
    const outcome = await killTree(() => this.#membersOf(run), ladder, this.#parts.clock, onSignal);
    this.reapLater();
    return outcome;
  }

  /** Looks for ended orphans in a while, and again while some are waiting. Call when a run that spawned is over. */
  reapLater(triesLeft = REAP_TRIES_MAX): void {
    if (this.#isReapPlanned || triesLeft === 0 || !isAvailable()) return;
    this.#isReapPlanned = true;
    this.#parts.clock.after(limit('orphanReapMs'), () => {
      this.#isReapPlanned = false;
      if (this.#reaper.observe(this.#list())) this.reapLater(triesLeft - 1);
    });
  }

  get #areStartsKnown(): boolean {
    return this.#parts.shared.spawnCount === this.#reported;
  }

  #membersOf(run: RunState): ProcessEntry[] {
    const members = treeOf(this.#treeOfRun(run), this.#list(), this.#parts.rootPid);
    // Once its parent has ended, nothing but this may tell whose it is.
    for (const member of members) run.roots.add(identityOf(member));
    return members;
  }

  #treeOfRun(run: RunState): RunTree {
    return {
      mark: runMark(this.#parts.rootPid, run.at),
      roots: run.roots,
      // A subprocess that is just being started is a copy of the worker still, without its mark.
      unmarkedFrom: this.#slots === 1 && this.#areStartsKnown ? this.#ticksOf(run) : null,
      spared: this.#spared,
    };
  }

  #list(): ProcessEntry[] {
    const entries = this.#everyone();
    this.#reaper.observe(entries);
    const present = new Set(entries.map(identityOf));
    this.#started = new Set([...this.#started].filter((identity) => present.has(identity)));
    return entries;
  }

  /** Those of a chain of forks are gone before the long way has come to them; the short one is faster than they are. */
  #everyone(): ProcessEntry[] {
    const { rootPid } = this.#parts;
    const entries = [...descendants(rootPid), ...descendantsAtAGlance(rootPid)];
    return [...new Map(entries.map((entry) => [identityOf(entry), entry])).values()];
  }

  #ticksOf({ began, over }: RunState): { fromTicks: number; beforeTicks: number } {
    const now = this.#parts.clock.monotonic();
    const nowTicks = ticksNow();
    const at = (ms: number) => Math.floor(nowTicks - (now - ms) / 10);
    // Up to one tick early, never late: nothing of this run is missed, and nothing of the next one is taken.
    return { fromTicks: at(began), beforeTicks: over === null ? Number.POSITIVE_INFINITY : at(over) };
  }

  /** A run that its slot does not carry any more is known by its mark only. */
  #stateOf(at: RunAddress): RunState {
    const state = this.#runs[at.slot];
    if (state?.at.run === at.run) return state;
    return { at, roots: new Set(), began: Number.POSITIVE_INFINITY, over: 0 };
  }
}
