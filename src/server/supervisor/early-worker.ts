// A worker process that starts while the server's own program is loaded: it comes as far as it can without knowing its
// predictor, and waits. Whoever needs the first worker takes it; where nobody does, it ends with this process.
//
// Safety contract: 1. it is killed when this process exits, taken or not; 2. should this process be killed, the end of
// its control channel ends it, as any worker; 3. one that has ended is not given away.
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { defaultWorkerEntry, earlyEnvironment, spawnNode, type WorkerEntry } from './spawn.ts';

export interface EarlyWorker {
  readonly child: ChildProcess;
  readonly mark: string;
  readonly entry: WorkerEntry;
}

let offered: EarlyWorker | null = null;

/** Never throws: where it could not be started, the worker that is started in its place says why. */
export function startEarlyWorker(): EarlyWorker | null {
  const mark = randomUUID();
  const entry = defaultWorkerEntry();
  try {
    const child = spawnNode(entry, earlyEnvironment(process.env, mark));
    child.on('error', () => {});
    process.once('exit', () => killGroup(child));
    return { child, mark, entry };
  } catch {
    return null;
  }
}

/** Gives it to whoever asks first. */
export function offerEarlyWorker(worker: EarlyWorker | null): void {
  offered = worker;
}

/** Null where there is none that runs this entry. */
export function takeEarlyWorker(entry: WorkerEntry): EarlyWorker | null {
  const worker = offered;
  if (worker === null || !isSame(worker.entry, entry)) return null;
  offered = null;
  return isRunning(worker.child) ? worker : null;
}

function isSame(one: WorkerEntry, other: WorkerEntry): boolean {
  return one.length === other.length && one.every((argument, i) => argument === other[i]);
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** It has been waited for only once its exit is known here: until then the number is its own. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || !isRunning(child)) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone meanwhile.
  }
}
