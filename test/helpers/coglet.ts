// Owns one process of Cog's real server, installed from the Python registry, with a predictor of twins.py. Its OpenAPI
// document is the one that Pawl gives for the twin, since Cog makes it when it builds an image.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { pythonFolder } from './python.ts';
import { cleanEnvironment } from './start-server.ts';

/** The release that is compared with; what GET /health-check calls `coglet` must be its API. */
export const COG_VERSION = '0.23.1';
const TWINS = fileURLToPath(new URL('../fixtures/twins/', import.meta.url));
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const STOP_MS = 5_000;

export interface CogletOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Another predictor than one of twins.py: its code, and its OpenAPI document. */
  readonly source?: { readonly code: string; readonly document: string };
  /** A program that becomes the server: its arguments end in the command of the server. */
  readonly through?: readonly [string, ...string[]];
  /** The health status to wait for; any but STARTING by default. */
  readonly until?: string;
}

export interface Coglet {
  readonly url: string;
  readonly pid: number;
  log(): string;
  stop(): Promise<void>;
}

export async function startCoglet(twin: string, options: CogletOptions = {}): Promise<Coglet> {
  const folder = await pythonFolder('cog', [`cog==${COG_VERSION}`, `coglet==${COG_VERSION}`]);
  const cwd = mkdtempSync(path.join(tmpdir(), 'pawl-coglet-'));
  const { code, document } = options.source ?? (await twinSource(twin));
  writeFileSync(path.join(cwd, 'predict.py'), code);
  mkdirSync(path.join(cwd, '.cog'));
  writeFileSync(path.join(cwd, '.cog', 'openapi_schema.json'), document);
  const port = await freePort();
  const env = {
    ...cleanEnvironment(),
    PATH: `${folder.programs}:${process.env.PATH}`,
    PYTHONPATH: folder.packages,
    PYTHONDONTWRITEBYTECODE: '1',
    COG_PREDICT_TYPE_STUB: `predict.py:${twin}`,
    COG_TRAIN_TYPE_STUB: `predict.py:${twin}`,
    PORT: String(port),
    ...options.env,
  };
  const flags = ['--host', '127.0.0.1', ...(options.args ?? [])];
  const command = [...(options.through ?? []), folder.python, '-m', 'cog.server.http', ...flags];
  // A group of its own, so that its worker can be ended with it.
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const log: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk));
  const text = () => Buffer.concat(log).toString();
  const killWithTest = () => endGroup(child);
  process.once('exit', killWithTest);
  const stop = async () => {
    process.removeListener('exit', killWithTest);
    await end(child);
    rmSync(cwd, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually(`coglet serves ${twin}`, () => hasStarted(url, child, options.until));
  } catch (error) {
    await stop();
    throw new Error(`coglet did not start: ${error}\n${text()}`);
  }
  return { url, pid: child.pid ?? -1, log: text, stop };
}

async function twinSource(twin: string): Promise<{ readonly code: string; readonly document: string }> {
  const reference = `${path.join(TWINS, 'twins.mjs')}:${twin}`;
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'schema', reference], {
    env: cleanEnvironment(),
    timeout: 60_000,
  });
  return { code: readFileSync(path.join(TWINS, 'twins.py'), 'utf8'), document: stdout };
}

async function hasStarted(url: string, child: ChildProcess, until: string | undefined): Promise<true | null> {
  if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`);
  try {
    const response = await fetch(`${url}/health-check`, { signal: AbortSignal.timeout(2_000) });
    const { status } = (await response.json()) as { status: string };
    return (until === undefined ? status !== 'STARTING' : status === until) ? true : null;
  } catch {
    // It does not listen yet.
    return null;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return endGroup(child);
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const timer = setTimeout(() => endGroup(child), STOP_MS);
  await ended;
  clearTimeout(timer);
  endGroup(child);
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}
