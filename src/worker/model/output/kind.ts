// What predict() gave back decides how its output is delivered, not how predict() was declared.
import { types } from 'node:util';
import { isObject } from '../../../base/json.ts';
import { isStream } from './file-value.ts';

export type Returned =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'promise'; readonly promise: PromiseLike<unknown> }
  /** Each item is delivered as soon as it is there. */
  | { readonly kind: 'iterator'; readonly iterator: Iterator<unknown> }
  | { readonly kind: 'async-iterator'; readonly iterator: AsyncIterator<unknown> };

export function classifyReturned(value: unknown): Returned {
  if (!isObject(value) && typeof value !== 'function') return { kind: 'value', value };
  if (isThenable(value)) return { kind: 'promise', promise: value };
  if (isObject(value) && isStream(value)) return { kind: 'value', value };
  if (isAsyncIterable(value)) return { kind: 'async-iterator', iterator: value[Symbol.asyncIterator]() };
  if (isIterator(value)) return { kind: 'iterator', iterator: value[Symbol.iterator]() };
  return { kind: 'value', value };
}

function isThenable(value: object): value is PromiseLike<unknown> {
  return types.isPromise(value) || ('then' in value && typeof value.then === 'function');
}

/** Also without next(): there is no other way to encode one. */
function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function';
}

/** Something that is being produced, as opposed to a collection: Set, Map and typed arrays are values. */
function isIterator(value: object): value is IterableIterator<unknown> {
  const isIterable = Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
  return isIterable && 'next' in value && typeof value.next === 'function';
}
