// Adds the worker's marks to the environment of a subprocess, in the two shapes that child_process knows: the `env`
// option, and the NAME=value pairs that it makes of it. What the user put there stays.
import { KEEP_VALUE, KEEP_VARIABLE } from '../../process-tree/run-mark.ts';

export interface Marks {
  /** Set whatever was there: an inherited value would name another run. */
  readonly set: Readonly<Record<string, string>>;
  /** Added where an environment of the user's own left them out. */
  readonly carry: Readonly<Record<string, string>>;
}

export function isKeptEnv(env: object): boolean {
  return Reflect.get(env, KEEP_VARIABLE) === KEEP_VALUE;
}

export function markEnv(env: object, { set, carry }: Marks): object {
  const marked = new Map<string, unknown>(Object.entries(carry));
  // for-in, as child_process does it: inherited properties count, undefined ones do not.
  for (const name in env) {
    const value: unknown = Reflect.get(env, name);
    if (value !== undefined) marked.set(name, value);
  }
  return { ...Object.fromEntries(marked), ...set };
}

export function isKeptPairs(pairs: readonly string[]): boolean {
  return pairs.includes(`${KEEP_VARIABLE}=${KEEP_VALUE}`);
}

export function markPairs(pairs: readonly string[], { set, carry }: Marks): string[] {
  const nameOf = (pair: string) => pair.slice(0, pair.indexOf('='));
  const present = new Set(pairs.map(nameOf));
  const carried = Object.entries(carry).filter(([name]) => !present.has(name));
  const others = pairs.filter((pair) => !Object.hasOwn(set, nameOf(pair)));
  return [...others, ...[...carried, ...Object.entries(set)].map(([name, value]) => `${name}=${value}`)];
}
