// A server with the predictor for large inputs and outputs, and what it has on disk.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.ts';
import { childrenOf, commandOf, namelessFiles } from './processes.ts';
import { type RunningServer, type StartOptions, startServer } from './start-server.ts';

const PREDICTOR = path.resolve('test/fixtures/predictors/large.mjs');

export interface LargeServer {
  readonly server: RunningServer;
  readonly workDir: string;
}

export async function startLarge(
  name: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<LargeServer> {
  const workDir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  const server = await startServer(`${PREDICTOR}:${name}`, {
    ...options,
    args: ['--work-dir', workDir, ...args],
  });
  return { server, workDir };
}

/** The process that checks its large bodies, once there is one. */
export function checkerOf({ server }: LargeServer): Promise<number> {
  return eventually('a process that checks bodies', () => {
    return childrenOf(server.pid).find((pid) => commandOf(pid).includes('check-program')) ?? null;
  });
}

/** Throws where the server has left something. */
export async function stopLarge({ server, workDir }: LargeServer): Promise<void> {
  const { code, signal } = await server.stop();
  const left = readdirSync(workDir);
  rmSync(workDir, { recursive: true });
  if (code !== 0 || left.length > 0)
    throw new Error(`it ended with ${signal ?? `exit code ${code}`} and left ${JSON.stringify(left)}`);
}

/** So many files with a name, and so many without one that are still open. */
export function onDisk(
  { server, workDir }: LargeServer,
  { named, nameless }: { readonly named: number; readonly nameless: number },
): Promise<true> {
  return eventually(`${named} files with a name, ${nameless} without`, () => {
    const entries = readdirSync(workDir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).length;
    return files === named && namelessFiles(server.pid) === nameless ? true : null;
  });
}
