// The server is gone: nobody will read a result, so everything this worker started ends now. Runs on the I/O thread,
// because the model thread may be blocked for minutes.
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { NativeApi } from '../../native/native-api.ts';
import { SERVER_DIRECTORY_PREFIX } from '../../protocol/environment.ts';
import { EXIT_CODES } from '../exit-codes.ts';

export function endWithoutServer(workDir: string | null, native: NativeApi): never {
  if (workDir !== null) removeWorkDir(workDir);
  return endGroup(native, EXIT_CODES.serverGone);
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

function removeWorkDir(workDir: string): void {
  try {
    rmSync(workDir, { recursive: true, force: true });
    // The server's own directory, with whatever else it had stored: other workers end by now as well.
    const ofServer = path.dirname(workDir);
    if (path.basename(ofServer).startsWith(SERVER_DIRECTORY_PREFIX)) {
      rmSync(ofServer, { recursive: true, force: true });
    }
  } catch {
    // Another worker still writes there, or something cannot be removed. Ending matters more than either.
  }
}
