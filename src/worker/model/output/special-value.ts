// What stands for an object that JSON does not know as such: the table of docs/reference for output values, in code.
// Only decides; walking and writing are done elsewhere.
import { types } from 'node:util';
import { asFileValue, type FileValue, isOutputFile, isUrl } from './file-value.ts';

export const SECRET_MASK = '**********';
const SECRET = Symbol.for('pawl.Secret');

export type Special =
  | { readonly kind: 'file'; readonly file: FileValue }
  | { readonly kind: 'promise'; readonly promise: PromiseLike<unknown> }
  /** Encode this instead. */
  | { readonly kind: 'instead'; readonly value: unknown }
  /** What toJSON() gave: encoded instead, and its own toJSON() is not asked again, as JSON.stringify does. */
  | { readonly kind: 'own-json'; readonly value: unknown }
  | { readonly kind: 'items'; readonly items: Iterable<unknown> }
  | { readonly kind: 'map'; readonly map: ReadonlyMap<unknown, unknown> }
  /** Its own enumerable properties. */
  | { readonly kind: 'properties' }
  /** `what` it is, and how to mend it. */
  | { readonly kind: 'refused'; readonly what: string; readonly mend: string };

/** `key` is what toJSON() receives: the name or index under which the value was found. */
export function classify(value: object, key: string): Special {
  const file = asFileValue(value);
  if (file !== null) return { kind: 'file', file };
  if (isOutputFile(value)) {
    const mend = 'give it a path, a Buffer, a Blob or a readable stream';
    return { kind: 'refused', what: 'an outputFile() of something that has no bytes', mend };
  }
  if (SECRET in value) return { kind: 'instead', value: SECRET_MASK };
  return byType(value) ?? byMethod(value, key) ?? { kind: 'properties' };
}

function byType(value: object): Special | null {
  if (value instanceof DataView) {
    return { kind: 'items', items: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
  }
  if (types.isTypedArray(value)) return { kind: 'items', items: value };
  if (types.isDate(value)) {
    if (!Number.isNaN(value.getTime())) return { kind: 'instead', value: value.toISOString() };
    return { kind: 'refused', what: 'an invalid Date', mend: 'return a valid one or null' };
  }
  if (types.isMap(value)) return { kind: 'map', map: value };
  if (types.isSet(value)) return { kind: 'items', items: value };
  if (value instanceof Error || types.isNativeError(value)) {
    return { kind: 'instead', value: { name: value.name, message: value.message } };
  }
  if (isUrl(value)) return { kind: 'instead', value: value.href };
  if (types.isBoxedPrimitive(value)) return { kind: 'instead', value: value.valueOf() };
  if (types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef) {
    return { kind: 'refused', what: `a ${typeName(value)}`, mend: 'return what it refers to' };
  }
  return null;
}

function byMethod(value: object, key: string): Special | null {
  if (isThenable(value)) return { kind: 'promise', promise: value };
  const listed = ndArrayList(value);
  if (listed !== null) return { kind: 'instead', value: listed.value };
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = value.toJSON(key);
    return json === value ? { kind: 'properties' } : { kind: 'own-json', value: json };
  }
  return byIteration(value);
}

/** The same as classify(), for what toJSON() gave. */
export function classifyOwnJson(value: object): Special {
  const file = asFileValue(value);
  if (file !== null) return { kind: 'file', file };
  const special = byType(value) ?? (isThenable(value) ? { kind: 'promise', promise: value } : null);
  return special ?? byIteration(value) ?? { kind: 'properties' };
}

function byIteration(value: object): Special | null {
  if (isIterable(value)) return { kind: 'items', items: value };
  if (!(Symbol.asyncIterator in value)) return null;
  const mend = 'yield its items from predict(), or collect them in an array first';
  return { kind: 'refused', what: `an async iterable (${typeName(value)})`, mend };
}

/** Tensors and arrays of numeric libraries: `data`, `shape` (or `dims`) and a method that gives nested arrays. */
function ndArrayList(value: object): { readonly value: unknown } | null {
  if (!('data' in value) || !('shape' in value || 'dims' in value)) return null;
  if ('tolist' in value && typeof value.tolist === 'function') return { value: value.tolist() };
  if ('toArray' in value && typeof value.toArray === 'function') return { value: value.toArray() };
  return null;
}

function isThenable(value: object): value is PromiseLike<unknown> {
  return 'then' in value && typeof value.then === 'function';
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}

/** `Tensor`, `Object`: what a person calls the value. */
export function typeName(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'Object';
}
