// How V8 collects the garbage of the server. For a process that is the server and nothing else: flags hold for all of it.
import { setFlagsFromString } from 'node:v8';

/**
 * The young generation is collected by the main thread, without helpers. Little survives a prediction, so that to share
 * the work costs more CPU than the work; and a helper that got hold of the main thread's processor keeps it for a tick.
 */
export function collectAlone(): void {
  // V8 looks at this flag at each collection, so that it need not be on the command line.
  setFlagsFromString('--no-parallel-scavenge');
}
