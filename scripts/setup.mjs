// Turns a bare clone into a working checkout, and a stale one into a fresh one. Everything it prints goes to stderr:
// stdout belongs to the program that is started afterwards.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { root } from './install-addon.mjs';

/** Dependencies, addon, dist/. Throws an Error whose message is for the reader. */
export function setUp() {
  installDependencies('.');
  build();
}

/** `npm ci` in a folder with a package-lock.json, unless node_modules already holds what the lock names. */
export function installDependencies(folder) {
  const full = path.join(root, folder);
  if (isInstalled(full)) return;
  console.error(`installing the dependencies of ${folder === '.' ? 'pawl' : folder} …`);
  // No scripts: the addon is built by build.mjs in any case, and no other dependency needs its own.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-progress', '--loglevel=error'];
  const result = npm(args, { cwd: full, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) throw new Error(`npm ci failed in ${folder}`);
}

export function npm(args, options) {
  // Under `npm start` or `npm test` this is the very npm that runs; otherwise the one on PATH.
  const script = process.env.npm_execpath;
  if (script && path.basename(script) === 'npm-cli.js') {
    return spawnSync(process.execPath, [script, ...args], options);
  }
  return spawnSync('npm', args, { shell: process.platform === 'win32', ...options });
}

/** Compares by content: the times of two lock files say little after a checkout or a copy. */
function isInstalled(folder) {
  const installed = packagesOf(path.join(folder, 'node_modules', '.package-lock.json'));
  const wanted = packagesOf(path.join(folder, 'package-lock.json'));
  if (installed === null || wanted === null) return false;
  for (const [name, entry] of wanted) {
    const present = installed.get(name);
    if (present === undefined ? !entry.optional && !entry.devOptional : !isSame(present, entry)) return false;
    // npm's record outlives a package folder that somebody removed by hand.
    if (present !== undefined && !existsSync(path.join(folder, name))) return false;
  }
  return [...installed.keys()].every((name) => wanted.has(name));
}

function isSame(present, entry) {
  return present.version === entry.version && present.integrity === entry.integrity;
}

function packagesOf(file) {
  if (!existsSync(file)) return null;
  const packages = Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages);
  return new Map(packages.filter(([name]) => name.startsWith('node_modules/')));
}
