// Names of directories that tell who made them, so that what a killed server left can be found and removed, and nothing
// else: pawl-<place>-<pid>-<start>-XXXXXX. `place` stands for this boot of this machine and its process namespace, since
// a directory may be shared with containers and machines whose processes cannot be seen from here.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SERVER_DIRECTORY_PREFIX } from '../protocol/environment.ts';

const NAME = new RegExp(`^${SERVER_DIRECTORY_PREFIX}([0-9a-f]{8})-(\\d+)-(\\d+)-\\w{6}$`);

let ofThisProcess: string | null = null;

/** For mkdtemp, which adds six characters. */
export function ownPrefix(): string {
  ofThisProcess ??= `${SERVER_DIRECTORY_PREFIX}${place()}-${process.pid}-${startOf(process.pid) ?? 0}-`;
  return ofThisProcess;
}

/** Directories in `parent` whose maker has ended. Only this user's own, which nobody else can enter. */
export function abandonedIn(parent: string): string[] {
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch {
    // Not there, or not ours to read: then nothing of ours is in it either.
    return [];
  }
  return names
    .filter(isAbandoned)
    .map((name) => path.join(parent, name))
    .filter(isPrivate);
}

function isAbandoned(name: string): boolean {
  const [, where, pid, start] = NAME.exec(name) ?? [];
  if (where !== place()) return false;
  return startOf(Number(pid)) !== Number(start);
}

function isPrivate(directory: string): boolean {
  const entry = lstatSync(directory, { throwIfNoEntry: false });
  return entry?.isDirectory() === true && entry.uid === process.getuid?.() && (entry.mode & 0o077) === 0;
}

function place(): string {
  return createHash('sha256').update(`${os.hostname()} ${bootAndNamespace()}`).digest('hex').slice(0, 8);
}

function bootAndNamespace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // No /proc on this system: the name of the machine has to do.
    return '';
  }
}

/** When the process started; 0 where only its being there can be told, null where it is gone. */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name in parentheses, and a name may hold any character; the start is field 22.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return process.platform === 'linux' ? null : aliveStart(pid);
  }
}

function aliveStart(pid: number): number | null {
  try {
    process.kill(pid, 0);
    return 0;
  } catch (error) {
    // EPERM: somebody else's process has the pid by now, or still.
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM' ? 0 : null;
  }
}
