// Runs one program of test/fixtures/native in a process of its own, because what the addon does is process-wide.
// Descriptor 3 carries its report, one JSON value per line.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));
const FIXTURES = path.join(ROOT, 'test', 'fixtures', 'native');
const DEADLINE_MS = 120_000;

/** How many times longer than usual a fixture may take; above 1 under the tools of scripts/sanitize.mjs. */
export const SLOWNESS = Number(process.env.PAWL_TEST_SLOWNESS ?? 1);
/** A tool that has files of its own open in the process spoils what is counted there. */
export const TOOL_OPENS_FILES = process.env.PAWL_TEST_TOOL_OPENS_FILES === '1';
/** The instrumented addon that fixtures load, and the command, as JSON, that starts them: `env …` or `valgrind …`. */
const ADDON = process.env.PAWL_FIXTURE_ADDON;
const WRAPPER = JSON.parse(process.env.PAWL_FIXTURE_WRAPPER ?? '[]') as readonly string[];

export interface FixtureResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly reports: readonly unknown[];
}

export interface FixtureOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Soft and hard limit of open files. */
  readonly openFilesMax?: number;
  /** Another Node than the one that runs the tests. */
  readonly node?: string;
  /** On an undisturbed machine. */
  readonly deadlineMs?: number;
}

export async function runFixture(name: string, options: FixtureOptions = {}): Promise<FixtureResult> {
  const child = startFixture(name, options);
  const killer = setTimeout(() => child.kill('SIGKILL'), (options.deadlineMs ?? DEADLINE_MS) * SLOWNESS);
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('close', (code, signal) => resolve([code, signal]));
  });
  const [stdout, stderr, reported] = await Promise.all([
    streamText(child, 1),
    streamText(child, 2),
    streamText(child, 3),
  ]);
  const [code, signal] = await ended;
  clearTimeout(killer);
  const lines = reported.split('\n').filter((line) => line !== '');
  return { code, signal, stdout, stderr, reports: lines.map((line): unknown => JSON.parse(line)) };
}

/** For a test that ends the process itself. */
export function startFixture(
  name: string,
  { args = [], env = {}, openFilesMax, node = process.execPath }: FixtureOptions,
): ChildProcess {
  const command = [...WRAPPER, node, path.join(FIXTURES, `${name}.mjs`), ...args];
  const limited =
    openFilesMax === undefined ? [] : ['sh', '-c', `ulimit -n ${openFilesMax}; exec "$@"`, 'sh'];
  const [file = '', ...rest] = [...limited, ...command];
  return spawn(file, rest, {
    env: { ...process.env, ...(ADDON && { PAWL_ADDON: ADDON }), ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
}

export function streamOf(child: ChildProcess, fd: number): Readable {
  const stream = child.stdio[fd];
  if (!(stream instanceof Readable)) throw new Error(`descriptor ${fd} is not piped`);
  return stream;
}

function streamText(child: ChildProcess, fd: number): Promise<string> {
  return text(streamOf(child, fd));
}

/** A folder that is gone after the callback. */
export async function withScratch<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pawl-native-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
