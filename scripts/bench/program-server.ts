// Owns one server process that prints its URL as its first line on stdout, and the temporary files that it leaves.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { cleanEnvironment } from '../../test/helpers/start-server.ts';
import { processTree } from './process-usage.ts';

const START_MS = 60_000;
const STOP_MS = 5_000;
const LOG_CHARACTERS_MAX = 8_192;
/** Those that were killed a moment ago may still write there. */
const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 } as const;

export interface ProgramServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startProgram(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramServer> {
  const [program, ...args] = command;
  const folder = mkdtempSync(path.join(tmpdir(), 'pawl-bench-'));
  const child = spawn(program, args, {
    env: { ...cleanEnvironment(), TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid = -1 } = child;
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-LOG_CHARACTERS_MAX);
  });
  const killAtExit = () => {
    end(processTree(pid), 'SIGKILL');
    rmSync(folder, REMOVE);
  };
  process.once('exit', killAtExit);
  const exited = once(child, 'exit');
  const stop = async () => {
    process.removeListener('exit', killAtExit);
    // Found before their parents end: some peers' workers have a group and a session of their own.
    const tree = processTree(pid);
    end([pid], 'SIGTERM');
    const timer = setTimeout(() => end([pid], 'SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
    end(tree.slice(1), 'SIGKILL');
    rmSync(folder, REMOVE);
  };
  try {
    const deadline = AbortSignal.timeout(START_MS);
    const first = once(createInterface({ input: child.stdout }), 'line', { signal: deadline });
    const line = await Promise.race([first.then(([text]) => String(text)), exited.then(() => null)]);
    child.stdout.resume();
    if (line === null) throw new Error(`it ended: ${log.trim().split('\n').at(-1)}`);
    return { url: line, pid, stop };
  } catch (error) {
    if (child.exitCode === null && child.signalCode === null) await stop();
    throw new Error(`${path.basename(args[0] ?? program)} does not serve: ${error}`);
  }
}

/** Only processes that are still the children of who was ours: a pid is not reused within these milliseconds. */
function end(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}
