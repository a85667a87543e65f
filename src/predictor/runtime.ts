// How the public helpers find the worker they run in. A predictor may import another copy of this package than the
// worker's own (a loader's second instance, a second installation), so the link is a global symbol, not an import.
import type { Scope } from './scope.ts';

export interface Runtime {
  currentScope(): Scope | null;
  interruptible<T>(call: () => T): T;
  isCancelable(): boolean;
}

const KEY = Symbol.for('pawl.runtime.1');
type Holder = { [KEY]?: Runtime };

/** The worker's runtime, or null outside a worker. */
export function runtime(): Runtime | null {
  return (globalThis as Holder)[KEY] ?? null;
}

/** Called once, by the worker, before any user code is imported. */
export function installRuntime(instance: Runtime): void {
  Object.defineProperty(globalThis, KEY, { value: instance });
}
