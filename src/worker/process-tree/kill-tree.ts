// Ends a set of processes by a ladder of signals, and looks again until none is left or the last rung's time is over:
// what is killed may have forked a moment before. Each process gets a rung's signal once, and never one that was meant
// for another process with the same pid.
import type { Clock } from '../../base/clock.ts';
import { readProcStat } from '../../base/proc-stat.ts';
import { lastPid } from './proc.ts';
import { identityOf, type ProcessEntry } from './process-entry.ts';

/** A signal, and how long its receivers may take to end before the next rung. */
export interface Rung {
  readonly signal: NodeJS.Signals;
  readonly waitMs: number;
}

export interface KillOutcome {
  /** The last signal that was sent; null where there was nothing to end. */
  readonly signal: NodeJS.Signals | null;
  /** Still alive after the last rung. */
  readonly left: readonly ProcessEntry[];
}

const POLL_MS_MIN = 2;
const POLL_MS_MAX = 50;
// A machine that starts processes all the time may never hold still; then the last of these looks decides.
const LOOKS_MAX = 10;

/** `members` lists who is alive now; it is called again and again. */
export async function killTree(
  members: () => readonly ProcessEntry[],
  ladder: readonly Rung[],
  clock: Clock,
  onSignal: (signal: NodeJS.Signals) => void = () => {},
): Promise<KillOutcome> {
  let signal: NodeJS.Signals | null = null;
  for (const rung of ladder) {
    const sent = new Set<string>();
    const deadline = clock.monotonic() + rung.waitMs;
    let pollMs = POLL_MS_MIN;
    for (;;) {
      const alive = surely(members);
      if (alive.length === 0) return { signal, left: [] };
      for (const entry of alive) {
        const identity = identityOf(entry);
        if (sent.has(identity) || !signalProcess(entry, rung.signal)) continue;
        sent.add(identity);
        if (signal !== rung.signal) onSignal(rung.signal);
        signal = rung.signal;
      }
      const leftMs = deadline - clock.monotonic();
      if (leftMs <= 0) break;
      await pause(clock, Math.min(pollMs, leftMs));
      pollMs = Math.min(pollMs * 2, POLL_MS_MAX);
    }
  }
  return { signal, left: surely(members) };
}

/** False when the process is gone, is another one by now, or can't be signalled by this user. */
export function signalProcess(entry: ProcessEntry, signal: NodeJS.Signals): boolean {
  const now = readProcStat(entry.pid);
  if (now === null || now.isZombie || now.startTicks !== entry.startTicks) return false;
  try {
    return process.kill(entry.pid, signal);
  } catch {
    // ESRCH: it ended between the two lines. EPERM: it changed its user.
    return false;
  }
}

/** Nobody is left only if nobody was born meanwhile: a process that forks and ends can outrun one listing, or two. */
function surely(members: () => readonly ProcessEntry[]): readonly ProcessEntry[] {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const before = lastPid();
    const found = members();
    if (found.length > 0 || lastPid() === before) return found;
  }
  return [];
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
