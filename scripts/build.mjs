// `npm run build`: the addon and dist/, each only when what it is made from changed. A second run takes no time.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, COMPILED, LAUNCHERS, PROGRAMS, ZOD_FILES } from './bundle.mjs';
import { filesBelow, fingerprint, isMadeFrom, markMadeFrom } from './fingerprint.mjs';
import { compileAddon, loads, root } from './install-addon.mjs';

const dist = path.join(root, 'dist');

/** Null, or why there is no addon. */
export function buildAddon() {
  const print = fingerprint(filesBelow('native/src', 'native/exports.map', 'CMakeLists.txt', 'binding.gyp'));
  const file = path.join(root, 'build', 'Release', 'pawl.node');
  const forced = process.env.npm_config_build_from_source === 'true';
  if (!forced && isMadeFrom('addon', print) && loads(file)) return null;
  const failure = compileAddon();
  if (failure === null) markMadeFrom('addon', print);
  return failure;
}

/** Null, or what the compilers said. */
export function buildDist() {
  const sources = filesBelow('src').filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const made = [
    'scripts/bundle.mjs',
    'scripts/code-cache.mjs',
    'scripts/code-cache-recorder.cjs',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
  ];
  const print = fingerprint([...filesBelow('src'), ...made]);
  const types = sources.map((file) => inDist(file, '.d.ts'));
  const programs = [...PROGRAMS, ...LAUNCHERS].map((name) => inDist(`src/${name}.ts`, '.js'));
  const compiled = Object.keys(COMPILED).map((name) => path.join(dist, 'compiled', `${name}.cjs`));
  const expected = [...types, ...programs, ...compiled, path.join(root, ZOD_FILES)];
  if (isMadeFrom('dist', print) && expected.every((file) => existsSync(file))) return null;
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (result.status !== 0) return `${result.error?.message ?? ''}${result.stdout}${result.stderr}`;
  try {
    const bundled = bundle().map((file) => path.join(root, file));
    removeAllBut(new Set([...types, ...bundled]), dist);
  } catch (error) {
    return error.message;
  }
  chmodSync(inDist('src/cli/main.ts', '.js'), 0o755);
  markMadeFrom('dist', print);
  // Of what was bundled; Pawl runs without it as well.
  spawnSync(process.execPath, [path.join(root, 'scripts', 'code-cache.mjs')], { stdio: 'inherit' });
  return null;
}

function inDist(source, extension) {
  return path.join(dist, path.relative('src', source).replace(/\.ts$/, extension));
}

/** What a deleted source left behind would still be packed and imported. */
function removeAllBut(expected, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) removeAllBut(expected, full);
    else if (!expected.has(full)) rmSync(full);
  }
  if (folder !== dist && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Both; throws with the output of the tool that failed. */
export function build() {
  const steps = { 'the native addon': buildAddon, 'dist/': buildDist };
  for (const [what, step] of Object.entries(steps)) {
    const failure = step();
    if (failure !== null) throw new Error(`building ${what} failed:\n${failure}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    build();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
