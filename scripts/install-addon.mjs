// npm's install hook, and the only way the addon is compiled. A package carries a binary for the usual platforms, so
// for its users this ends at once; it never fails an installation, since the loader explains at first use.
// Shipped in the package: imports nothing but Node, and needs no development dependency.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The same files in the same order as src/native/binding.ts. */
export function addonCandidates(folder = root) {
  const prebuilds = path.join(folder, 'prebuilds', `${process.platform}-${process.arch}`);
  const tags = existsSync('/etc/alpine-release') ? ['.musl', '.glibc'] : ['.glibc', '.musl'];
  return [
    path.join(folder, 'build', 'Release', 'pawl.node'),
    ...(process.platform === 'linux' ? tags : ['']).map((tag) => path.join(prebuilds, `pawl${tag}.node`)),
  ];
}

export function loads(file) {
  try {
    require(file);
    return true;
  } catch {
    // Missing, for another platform or C library, or damaged: whatever it is, this file is of no use.
    return false;
  }
}

/** Compiles build/Release/pawl.node with the first tool that can; null, or what each tool said. */
export function compileAddon() {
  const failures = [];
  for (const tool of [cmakeJs, nodeGyp]) {
    const failure = tool();
    if (failure === null) return null;
    failures.push(failure);
  }
  return failures.join('\n');
}

function cmakeJs() {
  const script = resolve('cmake-js/bin/cmake-js');
  if (script === null) return 'cmake-js: not installed';
  if (spawnSync('cmake', ['--version']).status !== 0) return 'cmake: not found';
  forgetOtherCheckout(path.join(root, 'build'));
  // Without a nodedir cmake-js takes the headers of the node-api-headers package and needs no network.
  return run('cmake-js', [script, 'compile'], { npm_config_nodedir: undefined });
}

/** CMake's folder names its sources by full path: copied along with a checkout, it would compile those of the original. */
export function forgetOtherCheckout(folder) {
  const cache = path.join(folder, 'CMakeCache.txt');
  if (!existsSync(cache)) return;
  const [, home] = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(readFileSync(cache, 'utf8')) ?? [];
  if (home !== root) rmSync(folder, { recursive: true });
}

function nodeGyp() {
  // npm tells its lifecycle scripts where its own node-gyp is.
  const script =
    process.env.npm_config_node_gyp ?? resolve('node-gyp/bin/node-gyp.js') ?? bundledNodeGyp() ?? null;
  if (script === null) return 'node-gyp: not found';
  // Most installations of Node carry their headers; then node-gyp needs no network either.
  const prefix = path.dirname(path.dirname(process.execPath));
  const local = existsSync(path.join(prefix, 'include', 'node', 'node_api.h'));
  const nodedir = process.env.npm_config_nodedir ?? (local ? prefix : undefined);
  return run('node-gyp', [script, 'rebuild'], { npm_config_nodedir: nodedir });
}

function bundledNodeGyp() {
  const npm = process.env.npm_execpath;
  const script = npm && path.resolve(path.dirname(npm), '../node_modules/node-gyp/bin/node-gyp.js');
  return script && existsSync(script) ? script : null;
}

function resolve(id) {
  try {
    return require.resolve(id);
  } catch {
    // Not installed: a development dependency, absent where pawl itself is a dependency.
    return null;
  }
}

/** Quiet on success. */
function run(name, args, env) {
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return null;
  return `${name}: ${result.error?.message ?? `${result.stdout}${result.stderr}`}`;
}

async function main() {
  const fromSource = process.env.npm_config_build_from_source === 'true';
  const checkout = path.join(root, 'scripts', 'build.mjs');
  let failure = null;
  if (existsSync(checkout)) {
    const { buildAddon } = await import(pathToFileURL(checkout).href);
    failure = buildAddon();
  } else if (fromSource || !addonCandidates().some(loads)) {
    failure = compileAddon();
  }
  if (failure === null) return;
  console.warn(
    `pawl: no prebuilt addon fits ${process.platform}-${process.arch} and none could be compiled; predictions will ` +
      `not run until \`npm rebuild pawl\` succeeds (it needs a C++ compiler and make or CMake).\n${failure}`,
  );
}

// Not awaited here: build.mjs imports this file, and would wait for its end for ever.
if (process.argv[1] === fileURLToPath(import.meta.url)) main();
