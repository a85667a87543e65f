// The server's private directory below --work-dir: one directory per worker inside it and one for stored files, all
// removed at the end.
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Logger } from '../base/log.ts';
import { PawlError } from '../errors.ts';
import { abandonedIn, ownPrefix } from './directory-owner.ts';

/** Where sockets lie whose path would be too long in the work directory. */
export const SOCKET_DIRECTORIES: readonly string[] = [os.tmpdir(), '/tmp'];

export class ServerDirectory {
  readonly #workDir: string;
  #path: string | null = null;

  constructor(workDir: string) {
    this.#workDir = workDir;
  }

  /** Made when it is first asked for; only this user can enter. Throws PAWL_WORK_DIR. */
  get path(): string {
    this.#path ??= makeDirectory(this.#workDir);
    return this.#path;
  }

  async remove(logger: Logger): Promise<void> {
    if (this.#path !== null) await removeDirectory(this.#path, logger);
  }

  /** Removes what servers that were killed have left where this one works. */
  async sweep(logger: Logger): Promise<void> {
    const places = new Set([path.resolve(this.#workDir), ...SOCKET_DIRECTORIES]);
    for (const directory of [...places].flatMap(abandonedIn)) {
      logger.info({ directory }, 'removing what a killed server has left');
      await removeDirectory(directory, logger);
    }
  }

  /** For the last moment of the process, when nothing can be awaited. */
  removeNow(): void {
    if (this.#path !== null) removeDirectoryNow(this.#path);
  }
}

/**
 * Makes what is missing of the path, and returns that, outermost first. Step by step: mkdir's own way of doing it never
 * comes back where the system allows no directory below one that exists, as in /proc.
 */
export function makeWorkDirectory(workDir: string): string[] {
  const missing: string[] = [];
  for (let at = path.resolve(workDir); !existsSync(at); at = path.dirname(at)) missing.unshift(at);
  for (const directory of missing) {
    try {
      mkdirSync(directory);
    } catch (error) {
      // Another server may have been faster.
      if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error;
    }
  }
  return missing;
}

/** For a directory inside it; makes the server's again, should a cleaner of temporary files have taken it. */
export function makePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** What can't be removed is left and logged: it must not keep a server from stopping. */
export async function removeDirectory(directory: string, logger: Logger): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  } catch (error) {
    logger.warn({ error }, `${directory} could not be removed`);
  }
}

/** For the last moment of the process, when nothing can be awaited. */
export function removeDirectoryNow(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

function makeDirectory(workDir: string): string {
  try {
    makeWorkDirectory(workDir);
    return mkdtempSync(path.join(path.resolve(workDir), ownPrefix()));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PawlError(
      'PAWL_WORK_DIR',
      `no directory can be made in ${workDir} (${reason}); name another --work-dir`,
      { cause },
    );
  }
}
