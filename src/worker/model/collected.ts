// Whether anything alive still refers to an object, asked of the garbage collector. What a timer, a handle, native work,
// a listener or a variable can reach is alive; the rest is gone, and so is all that only it could have made happen.
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => unknown) | null = null;

/** Collects all garbage, which blocks the thread for as long as the heap is large. False where it cannot be told. */
export async function isCollected(reference: WeakRef<object>): Promise<boolean> {
  // Making or reading a reference keeps its target for the turn in which that happens.
  await turn();
  collect ??= findCollector();
  collect();
  return reference.deref() === undefined;
}

/** V8 shows the function to contexts that are made while the flag is set; nobody else sees it. */
function findCollector(): () => unknown {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? () => Reflect.apply(gc, undefined, []) : () => undefined;
}
