// Who takes care of processes that outlive their parents: starts such a process and watches what becomes of it when it
// has ended. In a container whose first process is no init, it stays in the process table for ever.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Clock, sleep } from '../base/clock.ts';
import { limit } from '../limits.ts';

export interface InitFacts {
  /** Null where it could not be tried: no /proc. */
  readonly reapsOrphans: boolean | null;
  /** The process that got the orphan. */
  readonly adopter: { readonly pid: number; readonly name: string } | null;
}

const UNKNOWN: InitFacts = { reapsOrphans: null, adopter: null };
const LOOK_MS = 10;

/** Lives until its stdin ends, which is when this process lets go of it. */
const ORPHAN = 'process.stdin.resume().on("end", () => process.exit());';
const PARENT = `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(ORPHAN)}],
  { detached: true, stdio: [3, 'ignore', 'ignore'] });
process.stdout.write(String(child.pid), () => process.exit());`;

export async function readInitFacts(clock: Clock): Promise<InitFacts> {
  const parent = spawn(process.execPath, ['-e', PARENT], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  const lifeline = parent.stdio[3];
  try {
    let pid = '';
    parent.stdout?.on('data', (chunk: Buffer) => {
      pid += chunk.toString();
    });
    await Promise.all([once(parent, 'exit'), parent.stdout === null ? null : once(parent.stdout, 'close')]);
    const orphan = statusOf(pid);
    if (orphan === null) return UNKNOWN;
    const adopter = { pid: orphan.parent, name: nameOf(orphan.parent) };
    lifeline?.destroy();
    return { reapsOrphans: await isReaped(pid, clock), adopter };
  } catch {
    // No process could be started: the other checks say so with more words.
    return UNKNOWN;
  } finally {
    lifeline?.destroy();
  }
}

async function isReaped(pid: string, clock: Clock): Promise<boolean> {
  const deadline = clock.monotonic() + limit('doctorReapMs');
  while (clock.monotonic() < deadline) {
    if (statusOf(pid) === null) return true;
    await sleep(LOOK_MS);
  }
  return false;
}

function statusOf(pid: string): { readonly parent: number } | null {
  try {
    const stat = readFileSync(`/proc/${Number(pid)}/stat`, 'latin1');
    return { parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) };
  } catch {
    // Gone, or there is no /proc.
    return null;
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    // Outside this container.
    return 'unknown';
  }
}
