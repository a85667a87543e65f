// Which descendants of the worker belong to a run: a decision about a list, nothing is read or killed here.
// Theirs are those that carry the run's mark, those the worker saw it start, and whatever is below either. What was
// started in setup(), what is kept on purpose, and what another run started is never among them.
import { identityOf, type ProcessEntry } from './process-entry.ts';

export interface RunTree {
  readonly mark: string;
  /** Identities of what is known to be the run's; its mark may be out of reach (sudo, a renamed process). */
  readonly roots: ReadonlySet<string>;
  /**
   * In a worker with one slot: unmarked children of the worker that started in this time are the run's too, since
   * native code can fork without our knowing. null in a worker with several, where nobody knows whose they are.
   */
  readonly unmarkedFrom: { readonly fromTicks: number; readonly beforeTicks: number } | null;
  /** Identities of what was alive when setup() had ended. */
  readonly spared: ReadonlySet<string>;
}

/** `entries` as descendants() gives them. Zombies are left out: they have ended. */
export function treeOf(run: RunTree, entries: readonly ProcessEntry[], rootPid: number): ProcessEntry[] {
  const isMine = new Map<number, boolean>();
  for (const entry of entries) isMine.set(entry.pid, belongs(entry, run, isMine.get(entry.ppid), rootPid));
  return entries.filter(({ pid, isZombie }) => isMine.get(pid) === true && !isZombie);
}

function belongs(
  entry: ProcessEntry,
  run: RunTree,
  isParentMine: boolean | undefined,
  rootPid: number,
): boolean {
  if (entry.isKept) return false;
  if (isParentMine === true || entry.mark === run.mark) return true;
  const identity = identityOf(entry);
  if (run.roots.has(identity)) return true;
  if (entry.mark !== null || entry.ppid !== rootPid || run.spared.has(identity)) return false;
  const { unmarkedFrom } = run;
  if (unmarkedFrom === null) return false;
  return entry.startTicks >= unmarkedFrom.fromTicks && entry.startTicks < unmarkedFrom.beforeTicks;
}
