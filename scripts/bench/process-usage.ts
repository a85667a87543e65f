// What processes cost, read from /proc: CPU time of all their threads, and memory. Linux only.
import { readdirSync, readFileSync } from 'node:fs';

/** A process and all below it, found anew each time: workers come and go. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const below = (one: number): number[] => [one, ...(parents.get(one) ?? []).flatMap(below)];
  return below(pid);
}

/** CPU time used so far by the living threads of the processes, microseconds. */
export function cpuMicros(pids: readonly number[]): number {
  let nanos = 0;
  for (const pid of pids) {
    for (const thread of threadsOf(pid))
      nanos += Number(readOr(`/proc/${pid}/task/${thread}/schedstat`, '0').split(' ')[0]);
  }
  return nanos / 1_000;
}

/** The time so far of each by itself. */
export function cpuByProcess(pids: readonly number[]): ReadonlyMap<number, number> {
  return new Map(pids.map((pid) => [pid, cpuMicros([pid])]));
}

/** What they used since: a process that has ended since takes what it used before with it, and counts for nothing. */
export function cpuSince(before: ReadonlyMap<number, number>, now: ReadonlyMap<number, number>): number {
  let micros = 0;
  for (const [pid, used] of now) micros += Math.max(0, used - (before.get(pid) ?? 0));
  return micros;
}

export function residentBytes(pid: number): number {
  return kilobytes(pid, 'VmRSS');
}

/** The most it ever held. */
export function peakBytes(pid: number): number {
  return kilobytes(pid, 'VmHWM');
}

function kilobytes(pid: number, field: string): number {
  const line = new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(readOr(`/proc/${pid}/status`, ''));
  return Number(line?.[1] ?? 0) * 1024;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // It has ended.
    return [];
  }
}

function parentOf(pid: number): number | null {
  const stat = readOr(`/proc/${pid}/stat`, '');
  const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  return parent === undefined ? null : Number(parent);
}

function readOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It ended while we looked.
    return fallback;
  }
}
