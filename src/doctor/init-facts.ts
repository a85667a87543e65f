// Who takes care of processes that outlive their parents: starts such a process and watches what becomes of it when it
// has ended. In a container whose first process is no init, it stays in the process table for ever.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Clock, sleep } from '../base/clock.ts';
import { readProcStat } from '../base/proc-stat.ts';
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
    const orphan = readProcStat(Number(pid));
    if (orphan === null) return UNKNOWN;
    const adopter = { pid: orphan.ppid, name: nameOf(orphan.ppid) };
    lifeline?.destroy();
    return { reapsOrphans: await isReaped(orphan.pid, clock), adopter };
  } catch {
    // No process could be started: the other checks say so with more words.
    return UNKNOWN;
  } finally {
    lifeline?.destroy();
  }
}

async function isReaped(pid: number, clock: Clock): Promise<boolean> {
  const deadline = clock.monotonic() + limit('doctorReapMs');
  while (clock.monotonic() < deadline) {
    if (readProcStat(pid) === null) return true;
    await sleep(LOOK_MS);
  }
  return false;
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    // Outside this container.
    return 'unknown';
  }
}
