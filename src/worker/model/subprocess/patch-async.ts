// ChildProcess.prototype.spawn: the one way of spawn, exec, execFile and fork, and of libraries above them, however
// early they took hold of those functions. The caller sees the same object, errors and events as without the patch.
import type childProcess from 'node:child_process';
import { isObject } from '../../../base/json.ts';
import { isKeptPairs, markPairs } from './environment.ts';
import type { Launch } from './launch.ts';

/** null: nothing is known about who starts it, or we failed; then nothing is changed. */
export type Begin = (isKept: boolean) => Launch | null;

/** False where this Node has no such method. */
export function patchAsync(module: Pick<typeof childProcess, 'ChildProcess'>, begin: Begin): boolean {
  const prototype: unknown = module.ChildProcess?.prototype;
  if (!isObject(prototype)) return false;
  const original = prototype.spawn;
  if (typeof original !== 'function') return false;
  const patched = function spawn(this: unknown, options: unknown, ...rest: unknown[]): unknown {
    const unchanged = () => Reflect.apply(original, this, [options, ...rest]);
    if (!isObject(options)) return unchanged();
    const pairs = pairsOf(options.envPairs);
    const launch = pairs === null ? null : begin(isKeptPairs(pairs));
    if (pairs === null || launch === null) return unchanged();
    try {
      // Without a prototype, as Node makes it: nothing may leak into the options.
      const changed = Object.assign(Object.create(null), options, {
        stdio: launch.stdio(options.stdio),
        envPairs: markPairs(pairs, launch.marks),
      });
      return Reflect.apply(original, this, [changed, ...rest]);
    } finally {
      launch.over(isObject(this) && typeof this.pid === 'number' ? this.pid : null);
    }
  };
  prototype.spawn = Object.defineProperties(patched, Object.getOwnPropertyDescriptors(original));
  return true;
}

/** What Node made of `env`; without any, the child would inherit ours. null: nothing that Node would accept. */
function pairsOf(envPairs: unknown): readonly string[] | null {
  if (envPairs === undefined) {
    return Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ''}`);
  }
  if (!Array.isArray(envPairs)) return null;
  const pairs = envPairs.filter((pair) => typeof pair === 'string');
  return pairs.length === envPairs.length ? pairs : null;
}
