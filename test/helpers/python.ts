// A Python environment of our own, filled once with exact versions from the Python registry. Git-ignored, below .cache.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INSTALL_MS = 300_000;
const PROBE_MS = 20_000;
const run = promisify(execFile);

export interface PythonFolder {
  /** For PYTHONPATH. */
  readonly packages: string;
  /** For PATH: holds `python`. */
  readonly programs: string;
  readonly python: string;
}

/** Why there is no usable Python here; null when there is. */
export async function missingPython(): Promise<string | null> {
  try {
    await run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'], { timeout: PROBE_MS });
  } catch {
    return 'no python3 of 3.10 or newer on the PATH';
  }
  try {
    await run('python3', ['-m', 'pip', '--version'], { timeout: PROBE_MS });
    return null;
  } catch {
    return 'python3 has no pip';
  }
}

/** Installs `requirements` (exact versions) unless an earlier run did. The folder appears only once it is complete. */
export async function pythonFolder(
  name: string,
  requirements: readonly [string, ...string[]],
): Promise<PythonFolder> {
  const folder = path.join(ROOT, '.cache', 'python', [name, ...requirements].join('-'));
  const found = { packages: path.join(folder, 'packages'), programs: path.join(folder, 'bin') };
  const python = path.join(found.programs, 'python');
  if (existsSync(folder)) return { ...found, python };
  const partial = `${folder}.partial-${process.pid}`;
  try {
    mkdirSync(path.join(partial, 'bin'), { recursive: true });
    const { stdout } = await run('python3', ['-c', 'import sys; print(sys.executable)'], {
      timeout: PROBE_MS,
    });
    symlinkSync(stdout.trim(), path.join(partial, 'bin', 'python'));
    const target = path.join(partial, 'packages');
    const flags = ['--quiet', '--disable-pip-version-check', '--no-input', '--target', target];
    await run('python3', ['-m', 'pip', 'install', ...flags, ...requirements], { timeout: INSTALL_MS });
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return { ...found, python };
}
