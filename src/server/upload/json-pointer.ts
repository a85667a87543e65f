// Puts a value at a JSON pointer (RFC 6901).
import { pointerKeys } from '../../base/json-pointer.ts';
import { PawlError } from '../../errors.ts';
import type { Shown } from '../payload/stored-value.ts';

/** Changes `root` in place; the empty pointer replaces it. Returns what is the root now. */
export function putAtPointer(root: Shown, pointer: string, value: Shown): Shown {
  if (pointer === '') return value;
  const keys = pointerKeys(pointer);
  const last = keys.pop();
  let parent: unknown = root;
  for (const key of keys)
    parent = isContainer(parent) && Object.hasOwn(parent, key) ? Reflect.get(parent, key) : null;
  if (last === undefined || !isContainer(parent) || !Object.hasOwn(parent, last)) {
    throw new PawlError('PAWL_OUTPUT_FILE_FAILED', `the output has no place ${pointer} for its file`);
  }
  // Defined, not assigned: `__proto__` is a key like any other.
  Object.defineProperty(parent, last, { value, writable: true, enumerable: true, configurable: true });
  return root;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
