// Whether another thread waits in its event loop for something to happen. Then it has dealt with all that it has read:
// what its loop reads, it hands to JavaScript in the same step. Node counts the time that a loop waits, and where the
// count grows while we look, it waits.
import type { Worker } from 'node:worker_threads';

export function isAsleep(thread: Pick<Worker, 'performance'>): boolean {
  const before = thread.performance.eventLoopUtilization().idle;
  return thread.performance.eventLoopUtilization().idle > before;
}
