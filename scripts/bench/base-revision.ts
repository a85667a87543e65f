// Another revision of this repository as a contender: checked out and built below .cache/bench, once for each commit.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.ts';
import { pawl } from './contenders/pawl.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD_MS = 10 * 60_000;
const PROGRAMS = path.join('scripts', 'bench', 'programs');

/** Throws where there is no such revision or it does not build. */
export function baseRevision(revision: string): Contender {
  const commit = git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`);
  const folder = path.join(ROOT, '.cache', 'bench', `base-${commit.slice(0, 12)}`);
  if (!existsSync(folder)) {
    mkdirSync(path.dirname(folder), { recursive: true });
    git('worktree', 'prune');
    git('worktree', 'add', '--detach', folder, commit);
  }
  provideDependencies(folder);
  must('the build', process.execPath, ['scripts/build.mjs'], folder);
  // Both run the same predictors, as they are now.
  cpSync(path.join(ROOT, PROGRAMS), path.join(folder, PROGRAMS), { recursive: true });
  return { ...pawl('base', folder), what: `Pawl of ${revision}, ${commit.slice(0, 12)}` };
}

/** The dependencies of this checkout where they are the same, since an installation takes minutes. */
function provideDependencies(folder: string): void {
  if (existsSync(path.join(folder, 'node_modules'))) return;
  const lockOf = (root: string) => readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  if (lockOf(folder) === lockOf(ROOT)) {
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  } else {
    must('npm ci', 'npm', ['ci', '--ignore-scripts', '--no-progress', '--loglevel=error'], folder);
  }
}

function must(what: string, command: string, args: readonly string[], cwd: string): void {
  const result = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2], timeout: BUILD_MS });
  if (result.status !== 0) throw new Error(`${what} failed in ${cwd}`);
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', timeout: BUILD_MS }).trim();
}
