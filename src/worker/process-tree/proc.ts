// Reads /proc. Everything it reads may be gone or changed a moment later: a file that can't be read is a process that
// is not there, never an error. On systems without /proc (macOS) nothing is found and isAvailable() says so.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { limit } from '../../limits.ts';
import { marksOf } from './marks.ts';
import type { ProcessEntry } from './process-entry.ts';

let available: boolean | null = null;

export function isAvailable(): boolean {
  available ??= existsSync('/proc/self/stat') && existsSync('/proc/uptime');
  return available;
}

/** Every process below `rootPid`, parents before children; the root itself is not among them. */
export function descendants(rootPid: number): ProcessEntry[] {
  const byParent = new Map<number, ProcStat[]>();
  for (const status of statuses()) {
    const siblings = byParent.get(status.ppid);
    if (siblings === undefined) byParent.set(status.ppid, [status]);
    else siblings.push(status);
  }
  const found: ProcStat[] = [];
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
  return found.map(entryOf);
}

/**
 * The same by asking each process for its children: as fast however many others the machine runs, but one that changes
 * its parent meanwhile may be missing. For looking; for ending only beside the other way.
 */
export function descendantsAtAGlance(rootPid: number): ProcessEntry[] {
  const pids = childrenOf(rootPid);
  const seen = new Set([rootPid, ...pids]);
  // Grows while it is walked.
  for (let i = 0; i < pids.length && pids.length < limit('descendantsMax'); i += 1) {
    for (const pid of childrenOf(pids[i] ?? 0)) {
      if (!seen.has(pid)) pids.push(pid);
      seen.add(pid);
    }
  }
  return pids.flatMap((pid) => readProcStat(pid) ?? []).map(entryOf);
}

function entryOf(status: ProcStat): ProcessEntry {
  // The environment of a zombie is gone.
  return { ...status, ...(status.isZombie ? { mark: null, isKept: false } : marksOf(status.pid)) };
}

/** Each thread has those that it forked. Nothing where the kernel has no such files. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => [...threadChildren(pid, Number(thread))]);
  } catch {
    // Gone meanwhile.
    return [];
  }
}

/** Now, in the unit and from the origin of ProcessEntry.startTicks. */
export function ticksNow(): number {
  return Math.floor(Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 100);
}

/** CPU time of subprocesses of this process that have ended and were waited for, theirs included; null without /proc. */
export function waitedCpuMs(): number | null {
  const stat = readProcStat(process.pid);
  return stat === null ? null : stat.waitedTicks * 10;
}

/** Resident memory of a process, now and at most; null when it is gone, or has ended. */
export function memoryOf(pid: number): { readonly residentKib: number; readonly peakKib: number } | null {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    // Gone meanwhile.
    return null;
  }
  const peakKib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  const residentKib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (peakKib === undefined || residentKib === undefined) return null;
  return { residentKib: Number(residentKib), peakKib: Number(peakKib) };
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
  return threadChildren(pid, pid);
}

function threadChildren(pid: number, thread: number): ReadonlySet<number> {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean);
    return new Set(pids.map(Number));
  } catch {
    // Gone meanwhile, or a kernel without this file.
    return new Set();
  }
}

function statuses(): ProcStat[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    // No /proc on this system.
    return [];
  }
  const all = new Map<number, ProcStat>();
  // The newest first: what forks and ends all the time would be gone by the end of a long list.
  for (const name of names.toReversed()) {
    const pid = Number(name);
    const status = Number.isInteger(pid) ? readProcStat(pid) : null;
    if (status !== null) all.set(pid, status);
  }
  // A parent that ended while we read has left its children to another process: ask them again.
  for (const { pid, ppid } of [...all.values()]) {
    if (ppid === 0 || all.has(ppid)) continue;
    const again = readProcStat(pid);
    if (again === null) all.delete(pid);
    else all.set(pid, again);
  }
  return [...all.values()];
}
