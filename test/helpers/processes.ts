// Looks at other processes through /proc. Linux only, as the tests that need it are.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // A zombie has ended; only its parent has not looked yet.
    return !/^\d+ \(.*\) Z/s.test(stat);
  } catch {
    // No such entry: the process is gone.
    return false;
  }
}

/** Direct children, by pid. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid && isAlive(candidate));
}

/** The most that the process ever had in memory. */
export function peakBytes(pid: number): number {
  return 1024 * Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Program and arguments. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // It ended while we looked.
    return '';
  }
}

/** Time on a processor so far, in hundredths of a second. */
export function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // It ended while we looked.
    return null;
  }
}

/** Every live process that carries `variable` (NAME=value) in its environment, whoever its parent is. */
export function processesWith(variable: string): number[] {
  const wanted = `\0${variable}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isAlive(pid) && `\0${environmentOf(pid)}`.includes(wanted));
}

/** Children that have ended and that nobody has waited for. */
export function zombiesOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid && !isAlive(candidate));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // It ended while we looked, or is not ours.
    return '';
  }
}

/** Files that the process has open and that have no name any more. */
export function namelessFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => linkOf(`/proc/${pid}/fd/${fd}`).endsWith(' (deleted)'))
    .length;
}

/** Whether the process has a file below that directory open. */
export function hasOpen(pid: number, directory: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((fd) => {
    const file = linkOf(`/proc/${pid}/fd/${fd}`);
    return file.startsWith(`${directory}/`) && !file.endsWith(' (deleted)');
  });
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // It was closed while we looked.
    return '';
  }
}
