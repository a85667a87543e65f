// Runs one `pawl` command from dist/ to its end and keeps what it wrote. For a server see start-server.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, type Exit } from './start-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  /** Closes our end of stdout as soon as it has brought this text. */
  readonly closeStdoutAfter?: string;
  /** Called with everything on stderr so far whenever there is more. */
  readonly onStderr?: (soFar: string, kill: (signal: NodeJS.Signals) => void) => void;
}

export interface RunResult extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

export async function runPawl(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const killWithTest = () => child.kill('SIGKILL');
  process.once('exit', killWithTest);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (options.closeStdoutAfter !== undefined && stdout.includes(options.closeStdoutAfter))
      child.stdout.destroy();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(stderr, (signal) => child.kill(signal));
  });
  // A command that does not read its stdin may have ended already.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const [code, signal] = await once(child, 'close');
  process.removeListener('exit', killWithTest);
  return { code, signal, stdout, stderr };
}
