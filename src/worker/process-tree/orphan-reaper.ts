// Waits for orphans that the kernel gave to this worker and that have ended, since nobody else will. libuv waits for its
// own subprocesses and would never report an exit that was taken from it, so a zombie is reaped only when it is known
// not to be libuv's: it was seen below another parent before, or it was never reported as started and stays a zombie.
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import { identityOf, type ProcessEntry } from './process-entry.ts';

export interface OrphanReaperParts {
  readonly clock: Clock;
  /** waitpid without waiting. */
  readonly reap: (pid: number) => boolean;
  /** Is every start of a subprocess reported by now? While one is under way its child has no name yet. */
  readonly areStartsKnown: () => boolean;
  /** Pids that the main thread has forked or was given; forks of other threads are waited for there. */
  readonly mainThreadChildren: () => ReadonlySet<number>;
  /** Identity: did the worker's JavaScript start it? */
  readonly isStarted: (identity: string) => boolean;
}

export class OrphanReaper {
  readonly #parts: OrphanReaperParts;
  readonly #rootPid: number;
  /** Identities seen below a parent other than the worker. */
  readonly #strangers = new Set<string>();
  /** Zombies that may be orphans, and since when. */
  readonly #suspects = new Map<string, number>();

  constructor(rootPid: number, parts: OrphanReaperParts) {
    this.#rootPid = rootPid;
    this.#parts = parts;
  }

  /** Call with each listing of all descendants. Returns whether a zombie waits for a later look. */
  observe(entries: readonly ProcessEntry[]): boolean {
    const present = new Set(entries.map(identityOf));
    forget(this.#strangers, present);
    forget(this.#suspects, present);
    const unknown: ProcessEntry[] = [];
    for (const entry of entries) {
      const identity = identityOf(entry);
      if (entry.ppid !== this.#rootPid) this.#strangers.add(identity);
      else if (!entry.isZombie) this.#suspects.delete(identity);
      else if (this.#strangers.has(identity)) this.#parts.reap(entry.pid);
      else unknown.push(entry);
    }
    return unknown.length > 0 && this.#suspect(unknown);
  }

  #suspect(zombies: readonly ProcessEntry[]): boolean {
    const { clock, reap, areStartsKnown, isStarted, mainThreadChildren } = this.#parts;
    if (!areStartsKnown()) return true;
    const ours = mainThreadChildren();
    let isWaiting = false;
    for (const entry of zombies) {
      const identity = identityOf(entry);
      if (isStarted(identity) || !ours.has(entry.pid)) continue;
      const since = this.#suspects.get(identity);
      if (since === undefined) this.#suspects.set(identity, clock.monotonic());
      if (since !== undefined && clock.monotonic() - since >= limit('orphanReapMs')) reap(entry.pid);
      else isWaiting = true;
    }
    return isWaiting;
  }
}

function forget(
  known: { keys(): Iterable<string>; delete(key: string): boolean },
  present: Set<string>,
): void {
  for (const identity of known.keys()) if (!present.has(identity)) known.delete(identity);
}
