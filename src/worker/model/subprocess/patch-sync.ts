// spawnSync, execFileSync and execSync, each by itself: inside Node they share no function that can be replaced. Only
// `env` and `stdio` of the options change; exec*Sync's default copy of the child's stderr goes through process.stderr,
// which knows its prediction, so that errors keep their `stderr`.
import type childProcess from 'node:child_process';
import { isObject } from '../../../base/json.ts';
import { isKeptEnv, markEnv } from './environment.ts';
import type { Begin } from './patch-async.ts';

type Name = 'spawnSync' | 'execFileSync' | 'execSync';

/** Where the options are among the arguments; null where Node will refuse them. */
const OPTIONS_AT: { readonly [name in Name]: (args: readonly unknown[]) => number | null } = {
  // (file), (file, args), (file, options), (file, args, options)
  spawnSync: ([, second, third]) => {
    const at = afterArguments(second);
    return at === 2 && third === null ? null : at;
  },
  execFileSync: ([, second]) => afterArguments(second),
  // (command), (command, options)
  execSync: () => 1,
};

/** Names of functions that this Node does not have. */
export function patchSync(module: typeof childProcess, begin: Begin): string[] {
  const names: readonly Name[] = ['spawnSync', 'execFileSync', 'execSync'];
  return names.filter((name) => !patch(module, name, begin));
}

function patch(module: typeof childProcess, name: Name, begin: Begin): boolean {
  const original: unknown = module[name];
  if (typeof original !== 'function') return false;
  const patched = function (this: unknown, ...args: unknown[]): unknown {
    const at = OPTIONS_AT[name](args);
    const given = at === null ? undefined : (args[at] ?? {});
    const env = isObject(given) ? given.env || process.env : null;
    const launch = isObject(env) ? begin(isKeptEnv(env)) : null;
    if (at === null || !isObject(given) || !isObject(env) || launch === null) {
      return Reflect.apply(original, this, args);
    }
    try {
      const changed = [...args];
      // Left out, exec*Sync copies stderr; named, even as undefined, it does as well.
      const stdio = given.stdio ? { stdio: launch.stdio(given.stdio) } : {};
      changed[at] = { ...given, ...stdio, env: markEnv(env, launch.marks) };
      return Reflect.apply(original, this, changed);
    } finally {
      launch.over(null);
    }
  };
  Object.defineProperties(patched, Object.getOwnPropertyDescriptors(original));
  return Reflect.set(module, name, patched);
}

function afterArguments(second: unknown): number | null {
  if (Array.isArray(second) || second === undefined || second === null) return 2;
  return typeof second === 'object' ? 1 : null;
}
