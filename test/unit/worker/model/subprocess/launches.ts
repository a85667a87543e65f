// A prediction that starts subprocesses, and what it told about each start.

import { Launch, type Starter } from '../../../../../src/worker/model/subprocess/launch.ts';
import type { Begin } from '../../../../../src/worker/model/subprocess/patch-async.ts';
import type { Spawned } from '../../../../../src/worker/process-tree/run-processes.ts';

export const CAPTURE = { stdout: 2_000_001, stderr: 2_000_002 };
export const DETACHED = { stdout: 2_000_011, stderr: 2_000_012 };
export const MARK = `${process.pid}.3.7`;

export interface Launches {
  readonly begin: Begin;
  readonly spawned: Spawned[];
}

/** The descriptors do not exist, so that none is opened again. */
export function launches(origin: Partial<Starter> = {}): Launches {
  const spawned: Spawned[] = [];
  let count = 0;
  const running: Starter = {
    at: { slot: 3, run: 7 },
    isActive: true,
    captureFd: (stream) => CAPTURE[stream],
    ...origin,
  };
  const parts = {
    detachedFd: (stream: 'stdout' | 'stderr') => DETACHED[stream],
    spawning: () => {
      count += 1;
      return count;
    },
    spawned: (told: Spawned) => void spawned.push(told),
    carry: { SERVER_MARK: 'm' },
  };
  return { begin: (isKept) => new Launch(running, isKept, parts), spawned };
}
