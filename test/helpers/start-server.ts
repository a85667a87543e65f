// Owns one `pawl serve` process from dist/: starts it on a free port, waits until it is ready, stops it, kills it if
// the test process ends first. Never used by unit tests.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { watchAnswers } from './watch-answers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const LISTENING = /^Listening on (http:\/\/\S+)$/;
type Child = ChildProcessByStdio<null, Readable, Readable>;
const STOP_MS = 45_000;
const POLL_MS = 25;
// A server that floods its log for ever must not fill the memory of the tests.
const LOG_BYTES_MAX = 64 * 1024 * 1024;

export interface StartOptions {
  /** Flags after `--port 0`. */
  readonly args?: readonly string[];
  /** Added to the environment of the test; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** The program and its arguments before `serve`, where it is not this checkout's. */
  readonly command?: readonly [string, ...string[]];
  /** `listening` returns before setup has finished, or when setup is expected to fail. */
  readonly until?: 'ready' | 'listening';
  readonly deadlineMs?: number;
  /** Nobody reads its stderr until releaseStderr(). */
  readonly holdStderr?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningServer {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Everything the server has written to stderr so far: its log. */
  stderr(): string;
  releaseStderr(): void;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<Exit>;
  /** SIGTERM, then waits for the end. Rejects, after a SIGKILL, when that takes longer than a drain may. */
  stop(): Promise<Exit>;
}

/** `reference` is what follows `pawl serve`; a relative path counts from the root of the checkout unless `cwd` is given. */
export async function startServer(reference: string, options: StartOptions = {}): Promise<RunningServer> {
  const [program, ...before] = options.command ?? [process.execPath, MAIN];
  const child = spawn(
    program,
    [...before, 'serve', reference, '--host', '127.0.0.1', '--port', '0', ...(options.args ?? [])],
    {
      cwd: options.cwd ?? ROOT,
      env: { ...cleanEnvironment(), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const { log, read } = collect(child.stderr);
  if (options.holdStderr !== true) read();
  const exited = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));
  const killWithTest = () => child.kill('SIGKILL');
  process.once('exit', killWithTest);
  void exited.then(() => process.removeListener('exit', killWithTest));

  const deadline = AbortSignal.timeout(options.deadlineMs ?? 60_000);
  try {
    const url = await listening(child.stdout, exited, deadline);
    watchAnswers(url);
    if (options.until !== 'listening') await ready(url, exited, deadline);
    const pid = child.pid ?? -1;
    return { url, pid, stderr: log, releaseStderr: read, exited, stop: () => stop(child, exited, log) };
  } catch (error) {
    await kill(child, exited);
    throw new Error(`pawl serve ${reference} did not start: ${error}\n--- its log ---\n${log()}`);
  }
}

/** What is set in the shell that runs the tests must not configure the server under test. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(PAWL_|COG_|KUBERNETES_SERVICE_HOST$|PORT$|WEBHOOK_AUTH_TOKEN$|LOG_FORMAT$|SENTRY_DSN$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** `read` starts the reading; `log` is what was read, up to a limit. */
function collect(stream: Readable): { log: () => string; read: () => void } {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const keep = (chunk: Buffer) => {
    if (bytes < LOG_BYTES_MAX) chunks.push(chunk);
    bytes += chunk.length;
  };
  return { log: () => Buffer.concat(chunks).toString(), read: () => void stream.on('data', keep) };
}

async function listening(stdout: Readable, exited: Promise<Exit>, deadline: AbortSignal): Promise<string> {
  const lines = createInterface({ input: stdout });
  const first = once(lines, 'line', { signal: deadline }).then(([line]) => String(line));
  const line = await Promise.race([first, endedEarly(exited)]);
  stdout.resume(); // nothing else is expected there, and a full pipe must not stop the server
  const url = LISTENING.exec(line)?.[1];
  if (url === undefined) throw new Error(`the first line on stdout is not the address: ${line}`);
  return url;
}

async function ready(url: string, exited: Promise<Exit>, deadline: AbortSignal): Promise<void> {
  for (;;) {
    const asked = fetch(`${url}/health-check`, { signal: deadline }).then((response) => response.json());
    const health = (await Promise.race([asked, endedEarly(exited)])) as { status: string };
    if (health.status === 'READY') return;
    if (health.status !== 'STARTING') throw new Error(`health-check says ${JSON.stringify(health)}`);
    // Readiness has no event a client could wait for.
    await pause(POLL_MS, undefined, { signal: deadline });
  }
}

async function endedEarly(exited: Promise<Exit>): Promise<never> {
  const { code, signal } = await exited;
  throw new Error(`the process ended with ${signal ?? `exit code ${code}`}`);
}

async function stop(child: Child, exited: Promise<Exit>, log: () => string): Promise<Exit> {
  child.kill('SIGTERM');
  const overdue = new AbortController();
  const late = pause(STOP_MS, 'late' as const, { signal: overdue.signal }).catch(() => 'late' as const);
  const end = await Promise.race([exited, late]);
  overdue.abort();
  if (end !== 'late') return end;
  await kill(child, exited);
  throw new Error(`the server had not stopped ${STOP_MS} ms after SIGTERM\n--- its log ---\n${log()}`);
}

async function kill(child: Child, exited: Promise<Exit>): Promise<void> {
  child.kill('SIGKILL');
  // A worker that outlives the server keeps the pipes open; `exited` must not wait for it.
  child.stdout.destroy();
  child.stderr.destroy();
  await exited;
}
