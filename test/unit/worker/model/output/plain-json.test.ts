import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPlainJson } from '../../../../../src/worker/model/output/plain-json.ts';
import { Walker } from '../../../../../src/worker/model/output/walker.ts';

const odd = fc.constantFrom<unknown>(
  ...[undefined, Number.NaN, Number.POSITIVE_INFINITY, -0, 10n, 'a\ud800', Symbol.iterator, () => 1],
  ...[
    new Date(0),
    new Map([['a', 1]]),
    new Set([1]),
    new Uint8Array(2),
    new Error('x'),
    new URL('http://h/'),
  ],
  ...[Object(1), new Array(2), /x/, Promise.resolve(1), { [Symbol.iterator]: undefined }, Buffer.from('a')],
  Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'b', enumerable: false }),
  Object.defineProperty({ a: 1 }, Symbol.iterator, { value: () => [1].values(), enumerable: false }),
  Object.create({ inherited: 1 }),
  Object.assign(Object.create(null), { a: 1 }),
  new (class extends Array {})(),
  { toJSON: 'no function' },
  { 'k\udc00': 1 },
);
const plain = fc.json().map((text): unknown => JSON.parse(text));
const value = fc.oneof(
  plain,
  fc.dictionary(fc.string(), fc.oneof(plain, odd)),
  fc.array(fc.oneof(plain, odd)),
  odd,
);

it('is what the walk gives back unchanged', () => {
  fc.assert(
    fc.property(value, (given) => {
      if (typeof given !== 'object' || given === null || !isPlainJson(given, 200)) return;
      const walker = new Walker('output');
      const walked = walker.encode(given);
      expect(walker.hasPending).toBe(false);
      expect(JSON.stringify(walked)).toBe(JSON.stringify(given));
    }),
    { numRuns: 2_000 },
  );
});

it('is said of what JSON.parse makes', () => {
  fc.assert(
    fc.property(plain, (given) => {
      if (typeof given === 'object' && given !== null) expect(isPlainJson(given, 200)).toBe(true);
    }),
  );
  expect(isPlainJson(JSON.parse('{"__proto__":{"a":[1,0,"é🌍"]}}'), 200)).toBe(true);
});

it('is not said of what nests deeper than may be told', () => {
  const nested = (levels: number): unknown[] => (levels === 1 ? [] : [nested(levels - 1)]);
  expect(isPlainJson(nested(200), 200)).toBe(true);
  expect(isPlainJson(nested(201), 200)).toBe(false);
  const ring: unknown[] = [];
  ring.push(ring);
  expect(isPlainJson(ring, 200)).toBe(false);
});

it.each([
  ['what is undefined', { a: undefined }],
  ['a hole', new Array(1)],
  ['no finite number', [Number.NaN]],
  ['a zero below zero', [-0]],
  ['a bigint', [1n]],
  ['half a character', ['a\ud800']],
  ['half a character in a name', { 'a\ud800': 1 }],
  ['a toJSON that no enumeration shows', Object.defineProperty({}, 'toJSON', { value: () => 1 })],
  ['a date', [new Date(0)]],
])('is not said where there is %s', (_what, given) => {
  expect(isPlainJson(given, 200)).toBe(false);
});
