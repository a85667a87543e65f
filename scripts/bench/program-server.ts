// Owns one server process that prints its URL as its first line on stdout.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { cleanEnvironment } from '../../test/helpers/start-server.ts';

const START_MS = 60_000;
const STOP_MS = 5_000;

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
  const child = spawn(program, args, {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const endGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // Nothing of the group is left.
    }
  };
  const killAtExit = () => endGroup('SIGKILL');
  process.once('exit', killAtExit);
  const exited = once(child, 'exit');
  const stop = async () => {
    process.removeListener('exit', killAtExit);
    endGroup('SIGTERM');
    const timer = setTimeout(() => endGroup('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
    endGroup('SIGKILL');
  };
  const deadline = AbortSignal.timeout(START_MS);
  const first = once(createInterface({ input: child.stdout }), 'line', { signal: deadline });
  const line = await Promise.race([first.then(([text]) => String(text)), exited.then(() => null)]);
  child.stdout.resume();
  if (line === null) throw new Error(`${command.join(' ')} ended before it served`);
  return { url: line, pid: child.pid ?? -1, stop };
}
