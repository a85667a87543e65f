// Reads /proc. Everything it reads may be gone or changed a moment later: a file that can't be read is a process that
// is not there, never an error. On systems without /proc (macOS) nothing is found and isAvailable() says so.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { limit } from '../../limits.ts';
import { marksOf } from './marks.ts';
import type { ProcessEntry } from './process-entry.ts';

type Status = Pick<ProcessEntry, 'pid' | 'ppid' | 'startTicks' | 'isZombie'>;

let available: boolean | null = null;

export function isAvailable(): boolean {
  available ??= existsSync('/proc/self/stat') && existsSync('/proc/uptime');
  return available;
}

/** Every process below `rootPid`, parents before children; the root itself is not among them. */
export function descendants(rootPid: number): ProcessEntry[] {
  const byParent = new Map<number, Status[]>();
  for (const status of statuses()) {
    const siblings = byParent.get(status.ppid);
    if (siblings === undefined) byParent.set(status.ppid, [status]);
    else siblings.push(status);
  }
  const found: Status[] = [];
  const seen = new Set([rootPid]);
  const collect = (pid: number): void => {
    for (const child of byParent.get(pid) ?? []) {
      // The entries were read one after the other: with a reused pid among them they may even form a ring.
      if (seen.has(child.pid) || found.length >= limit('descendantsMax')) continue;
      seen.add(child.pid);
      found.push(child);
    }
  };
  collect(rootPid);
  for (let i = 0; i < found.length; i += 1) collect(found[i]?.pid ?? 0);
  return found.map((status) => ({
    ...status,
    // The environment of a zombie is gone.
    ...(status.isZombie ? { mark: null, isKept: false } : marksOf(status.pid)),
  }));
}

export function statusOf(pid: number): Status | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // Gone meanwhile.
    return null;
  }
  // The second field is the name in parentheses, and a name may hold any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ppid] = fields;
  // Field 22 of the whole line; state is field 3.
  const startTicks = Number(fields[19]);
  if (!Number.isInteger(startTicks)) return null;
  return { pid, ppid: Number(ppid), startTicks, isZombie: state === 'Z' || state === 'X' };
}

/** Now, in the unit and from the origin of ProcessEntry.startTicks. */
export function ticksNow(): number {
  return Math.floor(Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 100);
}

/** The pid that was given last, to a process or a thread: unchanged means that nothing was forked in between. */
export function lastPid(): number {
  try {
    return Number(readFileSync('/proc/loadavg', 'utf8').trim().split(' ').at(-1));
  } catch {
    // Without the file one look has to do.
    return 0;
  }
}

/** Children that the main thread has forked, and orphans that were given to this process; not other threads' forks. */
export function mainThreadChildren(pid: number): ReadonlySet<number> {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return new Set(pids.map(Number));
  } catch {
    // A kernel without this file.
    return new Set();
  }
}

function statuses(): Status[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    // No /proc on this system.
    return [];
  }
  const all = new Map<number, Status>();
  for (const name of names) {
    const pid = Number(name);
    const status = Number.isInteger(pid) ? statusOf(pid) : null;
    if (status !== null) all.set(pid, status);
  }
  // A parent that ended while we read has left its children to another process: ask them again.
  for (const { pid, ppid } of [...all.values()]) {
    if (ppid === 0 || all.has(ppid)) continue;
    const again = statusOf(pid);
    if (again === null) all.delete(pid);
    else all.set(pid, again);
  }
  return [...all.values()];
}
