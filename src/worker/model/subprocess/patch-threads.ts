// Worker threads of the user's have modules of their own: nothing there is patched. But their environment carries the
// mark of the work that started them, and their subprocesses inherit it, so that those end with the prediction as well.
// A thread that shares the environment (SHARE_ENV) cannot carry a mark of its own.
import type threads from 'node:worker_threads';
import { isObject } from '../../../base/json.ts';
import { isKeptEnv, markEnv } from './environment.ts';
import type { Begin } from './patch-async.ts';

/** False where this Node has no such class. */
export function patchThreads(module: Pick<typeof threads, 'Worker'>, begin: Begin): boolean {
  const original: unknown = module.Worker;
  if (typeof original !== 'function') return false;
  const patched = new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      const unchanged = (): object => Reflect.construct(target, args, newTarget);
      const options = args[1] ?? {};
      if (!isObject(options)) return unchanged();
      const env = options.env ?? process.env;
      const launch = isObject(env) ? begin(isKeptEnv(env)) : null;
      if (!isObject(env) || launch === null) return unchanged();
      try {
        const changed = { ...options, env: markEnv(env, launch.marks) };
        return Reflect.construct(target, [args[0], changed], newTarget);
      } finally {
        launch.over(null);
      }
    },
  });
  return Reflect.set(module, 'Worker', patched);
}
