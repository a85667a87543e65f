// Repairs Node's stack of asynchronous contexts after code was ended that had entered some and could not leave them.
// Left as it is, Node notices on the way out and ends the process ("async hook stack has become corrupted").
import { executionAsyncId } from 'node:async_hooks';
import type { NativeApi } from './native-api.ts';

type Pop = (asyncId: number) => boolean;

let found: Pop | 'nowhere' | null = null;

/** `asyncId` is the context that was entered last by code which is still running. */
export function returnToAsyncContext(asyncId: number, native: Pick<NativeApi, 'fatalException'>): void {
  if (executionAsyncId() === asyncId) return;
  found ??= findPop() ?? 'nowhere';
  if (found !== 'nowhere') {
    let isEmpty = false;
    while (!isEmpty && executionAsyncId() !== asyncId) isEmpty = !found(executionAsyncId());
  } else {
    forgetAll(native);
  }
}

/**
 * Node 20 and 22 find AsyncLocalStorage's values through that stack, so it must be taken back step by step. Both still
 * offer the function for it, under a warning that is of no use to the predictor's author.
 */
function findPop(): Pop | null {
  const binding: unknown = Reflect.get(process, 'binding');
  if (typeof binding !== 'function') return null;
  const noDeprecation = process.noDeprecation;
  process.noDeprecation = true;
  try {
    const pop: unknown = Reflect.get(Reflect.apply(binding, process, ['async_wrap']), 'popAsyncContext');
    return typeof pop === 'function' ? (asyncId) => pop(asyncId) === true : null;
  } catch {
    // Node 24 and later have no such module, and a permission model may refuse it.
    return null;
  } finally {
    process.noDeprecation = noDeprecation ?? false;
  }
}

/**
 * From Node 24 on AsyncLocalStorage does without the stack, so that it may simply be emptied. Node does so after an
 * uncaught exception that somebody took care of.
 */
function forgetAll(native: Pick<NativeApi, 'fatalException'>): void {
  const error = new Error('an interrupted call had entered asynchronous contexts');
  const takeCare = (): void => {};
  if (process.hasUncaughtExceptionCaptureCallback()) return native.fatalException(error);
  try {
    process.setUncaughtExceptionCaptureCallback(takeCare);
  } catch {
    // The domain module forbids it; listeners are asked then, and one of them must be there.
    process.once('uncaughtException', takeCare);
  }
  try {
    native.fatalException(error);
  } finally {
    process.off('uncaughtException', takeCare);
    if (process.hasUncaughtExceptionCaptureCallback()) process.setUncaughtExceptionCaptureCallback(null);
  }
}
