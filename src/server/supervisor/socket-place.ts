// Where a worker's slot socket lies: in the worker's own directory, unless that makes its path too long for a socket.
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { ownPrefix } from '../directory-owner.ts';
import { SOCKET_DIRECTORIES } from '../work-directory.ts';

// A socket's path has 104 bytes on macOS and 108 on Linux, its final NUL included.
const SOCKET_PATH_BYTES_MAX = 100;
const SOCKET_NAME = 'slots.sock';

export interface SocketPlace {
  readonly path: string;
  /** Directory that exists only for the socket; null when it lies in the worker's own. */
  readonly ownDirectory: string | null;
}

/** A longer path is not refused but cut: two workers could then meet on one socket. */
export function socketPlace(workerDirectory: string): SocketPlace {
  const inside = path.join(workerDirectory, SOCKET_NAME);
  if (isShortEnough(inside)) return { path: inside, ownDirectory: null };
  const name = `${ownPrefix()}XXXXXX`;
  const fitting = SOCKET_DIRECTORIES.find((parent) => isShortEnough(path.join(parent, name, SOCKET_NAME)));
  const ownDirectory = mkdtempSync(path.join(fitting ?? '/tmp', ownPrefix()));
  return { path: path.join(ownDirectory, SOCKET_NAME), ownDirectory };
}

function isShortEnough(file: string): boolean {
  return Buffer.byteLength(file) <= SOCKET_PATH_BYTES_MAX;
}
