// The server is gone: nobody will read a result, so everything this worker started ends now. Runs on the I/O thread,
// because the model thread may be blocked for minutes.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { limit } from '../../limits.ts';
import type { NativeApi } from '../../native/native-api.ts';
import { SERVER_DIRECTORY_PREFIX } from '../../protocol/environment.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { Places } from '../places.ts';
import { signalProcess } from '../process-tree/kill-tree.ts';
import { descendants } from '../process-tree/proc.ts';

const REMOVE_TRIES = 10;
const PAUSE_MS = 10;
const pauseCell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** In `places` there are directories of the server's that nobody else will remove. */
export function endWithoutServer(places: Places, native: NativeApi): never {
  // Before anything else: what still writes there would keep the directories.
  endDescendants();
  if (places.workDir !== '') removePlaces(places);
  return endGroup(native, EXIT_CODES.serverGone);
}

/**
 * Those with a session of their own too, which a signal to the group does not reach: orphans among them were given to
 * this process. Looks again, since what is killed, or the model thread, may have forked a moment before.
 */
function endDescendants(): void {
  const deadline = performance.now() + limit('descendantsEndMs');
  let isQuiet = false;
  while (!isQuiet && performance.now() < deadline) {
    const alive = descendants(process.pid).filter((entry) => !entry.isZombie);
    for (const entry of alive) signalProcess(entry, 'SIGKILL');
    isQuiet = alive.length === 0;
    if (!isQuiet) Atomics.wait(pauseCell, 0, 0, PAUSE_MS);
  }
}

/** Ends this process and the subprocesses that are still in its group. */
export function endGroup(native: NativeApi, code: number): never {
  try {
    // The worker leads its own process group; its subprocesses are in it, and so is this process.
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // Started by hand, without a group of its own: only this process is ours to end.
  }
  return native.exitNow(code);
}

/** What is left all the same, the next server there removes. */
function removePlaces({ workDir, slotSocketPath }: Places): void {
  // The server's own directory, with whatever else it had stored: other workers end by now as well.
  const ofServer = path.dirname(workDir);
  remove(isOfServer(ofServer) ? ofServer : workDir);
  // The socket may have a directory of its own, elsewhere.
  const ofSocket = path.dirname(slotSocketPath);
  if (isOfServer(ofSocket)) remove(ofSocket);
}

function isOfServer(directory: string): boolean {
  return path.basename(directory).startsWith(SERVER_DIRECTORY_PREFIX);
}

/** Again where somebody else was faster, or still writes there: another worker, or the model thread. */
function remove(directory: string): void {
  for (let left = REMOVE_TRIES; left > 0 && existsSync(directory); left -= 1) {
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // Ending matters more than a directory that stays.
      Atomics.wait(pauseCell, 0, 0, PAUSE_MS);
    }
  }
}
