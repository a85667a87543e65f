// Builds for `npm run sanitize`, each in a folder of its own that git ignores: the addon, and a small one with mistakes.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { forgetOtherCheckout, root } from '../install-addon.mjs';

const require = createRequire(import.meta.url);

/** The instrumented pawl.node. */
export function buildAddonFor({ sanitize }, folder) {
  forgetOtherCheckout(folder);
  const cmakeJs = require.resolve('cmake-js/bin/cmake-js');
  const mode = sanitize === '' ? ['--debug'] : [`--CDPAWL_SANITIZE=${sanitize}`];
  run(process.execPath, [cmakeJs, 'compile', '-O', folder, ...mode], { npm_config_nodedir: undefined });
  return path.join(folder, sanitize === '' ? 'Debug' : 'Release', 'pawl.node');
}

/** The compiled faulty.c. */
export function compileControl({ sanitize }, folder) {
  const output = path.join(folder, 'control-pawl.node');
  const source = path.join(root, 'test', 'fixtures', 'native', 'faulty.c');
  const flags = ['-shared', '-fPIC', '-g', '-O0', '-pthread', ...(sanitize && [`-fsanitize=${sanitize}`])];
  const headers = ['-I', require('node-api-headers').include_dir, '-DNAPI_VERSION=9'];
  run('cc', [...flags, ...headers, '-o', output, source]);
  return output;
}

function run(program, args, env = {}) {
  const result = spawnSync(program, args, { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' });
  if (result.status === 0) return;
  throw new Error(`${program} failed: ${result.error?.message ?? `${result.stdout}${result.stderr}`}`);
}
