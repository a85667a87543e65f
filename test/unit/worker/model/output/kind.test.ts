import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { classifyReturned } from '../../../../../src/worker/model/output/kind.ts';

function* items() {
  yield 1;
}
async function* asyncItems() {
  yield 1;
}
const asyncIterable = { [Symbol.asyncIterator]: asyncItems };
// biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
const thenable = { then: () => undefined };

it.each([
  ['a string', 'abc', 'value'],
  ['undefined', undefined, 'value'],
  ['null', null, 'value'],
  ['an array', [1], 'value'],
  ['an object', { next: 1 }, 'value'],
  ['a Map', new Map(), 'value'],
  ['a Set', new Set(), 'value'],
  ['a typed array', new Float32Array(1), 'value'],
  ['a Buffer', Buffer.from(''), 'value'],
  ['a function', () => 1, 'value'],
  ['a node stream', Readable.from([1]), 'value'],
  ['a web stream', new ReadableStream(), 'value'],
  ['a collection with an iterator', { [Symbol.iterator]: items }, 'value'],
  ['a promise', Promise.resolve(), 'promise'],
  ['a thenable', thenable, 'promise'],
  ['a generator', items(), 'iterator'],
  ['an iterator of a Map', new Map().entries(), 'iterator'],
  ['an async generator', asyncItems(), 'async-iterator'],
  ['an async iterable', asyncIterable, 'async-iterator'],
])('takes %s for what it is', (_name, value, kind) => {
  expect(classifyReturned(value).kind).toBe(kind);
});

it('gives the iterator itself', () => {
  const returned = classifyReturned(items());
  expect(returned.kind === 'iterator' && [...{ [Symbol.iterator]: () => returned.iterator }]).toEqual([1]);
});
