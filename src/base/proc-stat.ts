// Reads /proc/PID/stat. A process that is gone, or a system without /proc, is a null, never an error.
import { readFileSync } from 'node:fs';

export interface ProcStat {
  readonly pid: number;
  readonly ppid: number;
  /** When it was started, in hundredths of a second since the machine was. */
  readonly startTicks: number;
  /** It has ended; only its parent has not looked yet. */
  readonly isZombie: boolean;
  /** CPU time of subprocesses that have ended and were waited for, theirs included, in hundredths of a second. */
  readonly waitedTicks: number;
}

export function readProcStat(pid: number): ProcStat | null {
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
  // Fields 16, 17 and 22 of the whole line, whose third is the state: cutime, cstime and starttime.
  const waitedTicks = Number(fields[13]) + Number(fields[14]);
  const startTicks = Number(fields[19]);
  if (!Number.isInteger(startTicks)) return null;
  return { pid, ppid: Number(ppid), startTicks, isZombie: state === 'Z' || state === 'X', waitedTicks };
}
