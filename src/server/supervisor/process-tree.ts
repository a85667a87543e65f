// Signals a worker's process group, and finds what left the group: descendants with a session of their own.
// Best effort and Linux only beyond the group; never throws for a process that is already gone.
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { WORKER_MARK_VARIABLE } from '../../protocol/environment.ts';

// A tree this large is no predictor's; the walk stops rather than hold up the server.
const DESCENDANTS_MAX = 10_000;
const READS_AT_ONCE = 64;

/** False when the group has no process left. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  return send(-leader, signal);
}

/** SIGKILL to the group of `leader` and to its descendants, also those that left the group. */
export function killTree(leader: number): void {
  const descendants = descendantsOf(leader);
  signalGroup(leader, 'SIGKILL');
  for (const pid of descendants) send(pid, 'SIGKILL');
}

/** SIGKILL to every process that carries `mark`, whoever its parent is by now. */
export async function killMarked(mark: string): Promise<void> {
  const wanted = Buffer.from(`${WORKER_MARK_VARIABLE}=${mark}\0`);
  const pids = (await allPids()).filter((pid) => pid !== process.pid);
  for (let at = 0; at < pids.length; at += READS_AT_ONCE) {
    await Promise.all(pids.slice(at, at + READS_AT_ONCE).map((pid) => killIfMarked(pid, wanted)));
  }
}

async function killIfMarked(pid: number, wanted: Buffer): Promise<void> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`);
    if (environment.includes(wanted)) send(pid, 'SIGKILL');
  } catch {
    // Gone meanwhile, or of another user: in both cases not ours to end.
  }
}

async function allPids(): Promise<number[]> {
  try {
    return (await readdir('/proc')).map(Number).filter(Number.isInteger);
  } catch {
    // No /proc on this system: the group is all that can be reached.
    return [];
  }
}

function descendantsOf(pid: number): number[] {
  const found: number[] = [];
  let next = childrenOf(pid);
  while (next.length > 0 && found.length < DESCENDANTS_MAX) {
    found.push(...next);
    next = next.flatMap(childrenOf);
  }
  return found;
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    // Gone meanwhile, or a system without this file: the group is all that can be reached.
    return [];
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // ESRCH: already gone. EPERM: it changed its user and can't be signalled by us.
    return false;
  }
}
