// Tries in the work directory what a server does there: a directory of its own, a file, a socket. Leaves nothing behind,
// not even the work directory where that was not there before.
import { rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { deferred } from '../base/deferred.ts';
import { socketPlace } from '../server/supervisor/socket-place.ts';
import { makePrivateDirectory, makeWorkDirectory, ServerDirectory } from '../server/work-directory.ts';

export interface WorkDirFacts {
  readonly workDir: string;
  /** Why nothing can be made there; null where a server can. */
  readonly obstacle: string | null;
  readonly freeBytes: number | null;
  readonly freeFiles: number | null;
  /** What is stored there takes memory. */
  readonly isInMemory: boolean;
  /** Why no socket can be made; null where a worker can. */
  readonly socketObstacle: string | null;
  readonly socketPath: string | null;
}

const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;
const TRIAL_BYTES = 64 * 1024;

export async function readWorkDirFacts(workDir: string): Promise<WorkDirFacts> {
  let made: readonly string[] = [];
  const directory = new ServerDirectory(workDir);
  try {
    made = makeWorkDirectory(workDir);
    writeFileSync(path.join(directory.path, 'trial'), Buffer.alloc(TRIAL_BYTES));
    return { workDir, obstacle: null, ...spaceOf(directory.path), ...(await trySocket(directory.path)) };
  } catch (error) {
    const nothing = { freeBytes: null, freeFiles: null, isInMemory: false };
    return { workDir, obstacle: textOf(error), ...nothing, socketObstacle: null, socketPath: null };
  } finally {
    directory.removeNow();
    removeEmpty(made);
  }
}

function spaceOf(directory: string): Pick<WorkDirFacts, 'freeBytes' | 'freeFiles' | 'isInMemory'> {
  const { bavail, bsize, files, ffree, type } = statfsSync(directory);
  // Some file systems count no files.
  const freeFiles = files === 0 ? null : ffree;
  return { freeBytes: bavail * bsize, freeFiles, isInMemory: type === TMPFS || type === RAMFS };
}

async function trySocket(directory: string): Promise<Pick<WorkDirFacts, 'socketObstacle' | 'socketPath'>> {
  const workerDirectory = path.join(directory, 'w0-1');
  makePrivateDirectory(workerDirectory);
  const place = socketPlace(workerDirectory);
  const server = net.createServer();
  const tried = deferred();
  server.once('error', (error) => tried.reject(error));
  try {
    server.listen(place.path, tried.resolve);
    await tried.promise;
    return { socketObstacle: null, socketPath: place.path };
  } catch (error) {
    return { socketObstacle: textOf(error), socketPath: place.path };
  } finally {
    server.close();
    if (place.ownDirectory !== null) rmSync(place.ownDirectory, { recursive: true, force: true });
  }
}

/** Outermost first, as they were made. */
function removeEmpty(directories: readonly string[]): void {
  try {
    for (const directory of directories.toReversed()) rmdirSync(directory);
  } catch {
    // Somebody else uses it by now.
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
