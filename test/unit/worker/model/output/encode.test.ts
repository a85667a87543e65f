import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { PawlError } from '../../../../../src/errors.ts';
import { Secret } from '../../../../../src/predictor/secret.ts';
import { type EncodedOutput, encodeOutput } from '../../../../../src/worker/model/output/encode.ts';
import { OutputArea } from '../../../../../src/worker/model/output/output-area.ts';

const area = new OutputArea({
  outputDir: () => {
    throw new Error('no file was expected');
  },
  tempDir: () => null,
  signal: () => new AbortController().signal,
});

const encode = (value: unknown) => encodeOutput(value, { area, kind: 'value', path: 'output' });

/** The JSON of a value that needs no waiting. */
function json(value: unknown): unknown {
  const encoded = encode(value) as EncodedOutput;
  expect(encoded).not.toBeInstanceOf(Promise);
  expect(encoded.files).toEqual([]);
  return JSON.parse(JSON.stringify(encoded.value));
}

class Point {
  x = 1;
  y = new Date(0);
  skipped = undefined;
  #hidden = 3;
  get hidden() {
    return this.#hidden;
  }
}

const floats = new Float32Array([1, 0.1]);
const tensor = { data: [1, 2, 3, 4], shape: [2, 2], tolist: () => [new Float64Array([1, 2]), [3, 4]] };
const nullPrototype = Object.assign(Object.create(null), { a: 1 });
const secret = new Secret('hush');
const withToJson = { toJSON: (key: string) => ({ key, at: new Date(0) }) };

const TABLE: readonly [name: string, value: unknown, expected: unknown][] = [
  ['undefined', undefined, null],
  ['undefined in an array', [1, undefined, 2], [1, null, 2]],
  ['a hole in an array', Object.assign(new Array(2), { 1: 1 }), [null, 1]],
  ['undefined in an object', { a: undefined, b: 1 }, { b: 1 }],
  ['a string', 'grüße 🐾', 'grüße 🐾'],
  ['a string with a lone surrogate', ['a\ud800b'], ['a\ufffdb']],
  ['a key with a lone surrogate', { 'k\udc00': 1, b: 2 }, { 'k\ufffd': 1, b: 2 }],
  ['booleans and null', [true, false, null], [true, false, null]],
  ['numbers', [0, -1.5, 1e300, 5e-324], [0, -1.5, 1e300, 5e-324]],
  ['a small bigint', 9007199254740991n, 9007199254740991],
  ['a large bigint', [-9007199254740992n], ['-9007199254740992']],
  ['a Date', new Date(Date.UTC(2024, 0, 2)), '2024-01-02T00:00:00.000Z'],
  [
    'a Map with text keys',
    new Map<unknown, unknown>([
      ['a', 1],
      [2, [new Set([3])]],
      [true, 4],
    ]),
    { a: 1, 2: [[3]], true: 4 },
  ],
  ['a Map with other keys', new Map([[{ k: 1 }, 'v']]), [[{ k: 1 }, 'v']]],
  [
    'a Map whose keys would collide',
    new Map<unknown, string>([
      [1, 'a'],
      ['1', 'b'],
    ]),
    [
      [1, 'a'],
      ['1', 'b'],
    ],
  ],
  ['a Set', new Set([1, new Set(['x'])]), [1, ['x']]],
  [
    'a nested generator',
    {
      list: (function* () {
        yield 1;
        yield { a: 2n };
      })(),
    },
    { list: [1, { a: 2 }] },
  ],
  ['an own iterable', { [Symbol.iterator]: () => [7, 8].values() }, [7, 8]],
  ['a Float32Array', floats, [1, 0.10000000149011612]],
  ['a BigInt64Array', new BigInt64Array([1n, 2n ** 62n]), [1, '4611686018427387904']],
  ['a Uint8ClampedArray', new Uint8ClampedArray([300]), [255]],
  ['a DataView', new DataView(new Uint8Array([9, 1, 2, 9]).buffer, 1, 2), [1, 2]],
  ['a URL', new URL('https://example.com/a b'), 'https://example.com/a%20b'],
  [
    'an nd-array',
    { t: tensor },
    {
      t: [
        [1, 2],
        [3, 4],
      ],
    },
  ],
  ['an nd-array with toArray()', { ...tensor, tolist: undefined, toArray: () => [5] }, [5]],
  ['toJSON()', { a: withToJson }, { a: { key: 'a', at: '1970-01-01T00:00:00.000Z' } }],
  [
    'toJSON() that gives itself',
    new (class {
      a = 1;
      toJSON() {
        return this;
      }
    })(),
    { a: 1 },
  ],
  [
    'toJSON() of what toJSON() gave',
    { toJSON: () => ({ a: 1, b: withToJson }) },
    { a: 1, b: { key: 'b', at: '1970-01-01T00:00:00.000Z' } },
  ],
  ['a class instance', new Point(), { x: 1, y: '1970-01-01T00:00:00.000Z' }],
  ['an object without a prototype', nullPrototype, { a: 1 }],
  [
    'an object of another realm',
    runInNewContext('({ a: [1, { b: new Date(0) }] })'),
    { a: [1, { b: '1970-01-01T00:00:00.000Z' }] },
  ],
  ['a subclass of Array', new (class extends Array<number> {})(1, 2, 3), [1, 2, 3]],
  ['an Error', [new RangeError('too far')], [{ name: 'RangeError', message: 'too far' }]],
  ['a Secret', { key: secret }, { key: '**********' }],
  ['boxed primitives', [new String('s'), new Number(1), Object(2n)], ['s', 1, 2]],
];

it.each(TABLE)('encodes %s', (_name, value, expected) => {
  expect(json(value)).toEqual(expected);
});

it('turns -0 into 0, wherever it stands', () => {
  expect(Object.is(json(-0), 0)).toBe(true);
  expect(Object.is((encode([-0]) as EncodedOutput & { value: number[] }).value[0], 0)).toBe(true);
});

it('keeps a key named __proto__ as data', () => {
  const value = JSON.parse('{"__proto__": {"a": 1}, "d": 1}');
  value.d = new Date(0);
  expect(JSON.stringify((encode(value) as EncodedOutput).value)).toBe(
    '{"__proto__":{"a":1},"d":"1970-01-01T00:00:00.000Z"}',
  );
  const map = new Map([['__proto__', 1]]);
  expect(JSON.stringify((encode(map) as EncodedOutput).value)).toBe('{"__proto__":1}');
});

it('does not copy plain JSON', () => {
  const value = { a: [1, { b: 'c' }], d: null };
  expect((encode(value) as EncodedOutput).value).toBe(value);
});

it('leaves the value of the predictor as it is', () => {
  const inner = { at: new Date(0), same: 1 };
  const value = Object.freeze([Object.freeze(inner), 1n]);
  expect(json(value)).toEqual([{ at: '1970-01-01T00:00:00.000Z', same: 1 }, 1]);
  expect(inner.at).toBeInstanceOf(Date);
});

it('encodes one object that stands in two places twice', () => {
  const shared = { at: new Date(0) };
  expect(json({ a: shared, b: [shared] })).toEqual({ a: json(shared), b: [json(shared)] });
});

const cycle: Record<string, unknown> = { name: 'n' };
cycle.list = [1, cycle];
const deep = () => {
  let value: unknown = 1;
  for (let level = 0; level < 250; level++) value = { a: value };
  return value;
};
async function* chunks() {
  yield 1;
}

const REFUSED: readonly [name: string, value: unknown, message: RegExp][] = [
  ['NaN', { scores: [1, 2, 3, Number.NaN] }, /^Output contains a non-finite number at output\.scores\[3\]: /],
  ['Infinity at the top', Number.NEGATIVE_INFINITY, /non-finite number at output: /],
  ['NaN in a typed array', { s: new Float64Array([0, Number.NaN]) }, /non-finite number at output\.s\[1\]: /],
  ['NaN in a Map', new Map([['a b', Number.NaN]]), /non-finite number at output\["a b"\]: /],
  ['NaN in a Map of pairs', new Map([[{}, Number.NaN]]), /non-finite number at output\[0\]\[1\]: /],
  ['NaN in an nd-array', { t: { ...tensor, tolist: () => [[Number.NaN]] } }, /at output\.t\[0\]\[0\]: /],
  ['an invalid Date', [new Date(Number.NaN)], /contains an invalid Date at output\[0\]: /],
  ['a cycle', { top: cycle }, /contains a cycle at output\.top\.list\[1\]: it refers back to output\.top; /],
  [
    'a cycle through a Map',
    (() => {
      const map = new Map<string, unknown>();
      map.set('me', map);
      return map;
    })(),
    /contains a cycle at output\.me: it refers back to output; /,
  ],
  ['deep nesting', deep(), /contains more than 200 nested levels at output\.a\.a.*: /],
  ['a function', { f: () => 1 }, /contains a function at output\.f: /],
  ['a function beside others', { a: 1, f: () => 1, b: 2 }, /contains a function at output\.f: /],
  ['a symbol', [Symbol('s')], /contains a symbol at output\[0\]: /],
  ['a WeakMap', { w: new WeakMap() }, /contains a WeakMap at output\.w: /],
  ['a nested async generator', { stream: chunks() }, /contains an async iterable .* at output\.stream: /],
];

it.each(REFUSED)('refuses %s and names the place', (_name, value, message) => {
  expect(() => encode(value)).toThrow(message);
  expect(() => encode(value)).toThrow(expect.objectContaining({ code: 'PAWL_OUTPUT_INVALID' }));
});

it('gives null for NaN where COG_NONFINITE says so', () => {
  process.env.COG_NONFINITE = 'null';
  try {
    expect(json([Number.NaN, new Float32Array([Number.POSITIVE_INFINITY])])).toEqual([null, [null]]);
  } finally {
    delete process.env.COG_NONFINITE;
  }
});

it('passes on what a getter or toJSON() throws', () => {
  const mine = new Error('mine');
  const toJSON = () => {
    throw mine;
  };
  expect(() => encode({ a: { toJSON } })).toThrow(mine);
});

it('awaits nested promises and thenables, also in one another', async () => {
  const value = {
    a: Promise.resolve([Promise.resolve(new Date(0)), 1]),
    b: [Promise.resolve(undefined)],
    gone: Promise.resolve(undefined),
    // biome-ignore lint/suspicious/noThenProperty: the thenable is what is tested
    c: { then: (done: (value: unknown) => void) => done(2n) },
  };
  expect(await encode(value)).toEqual({
    value: { a: ['1970-01-01T00:00:00.000Z', 1], b: [null], c: 2 },
    files: [],
  });
  expect(await encode(Promise.resolve('whole'))).toEqual({ value: 'whole', files: [] });
  expect(await encode(Promise.resolve(undefined))).toEqual({ value: null, files: [] });
});

it('names the place of what a nested promise gave', async () => {
  const failing = encode({ list: [Promise.resolve({ x: Number.NaN })] });
  await expect(failing).rejects.toThrow('a non-finite number at output.list[0].x');
});

it('notices a cycle through a promise', async () => {
  const value: Record<string, unknown> = {};
  value.again = Promise.resolve(value);
  await expect(encode(value)).rejects.toThrow(/contains a cycle at output\.again: /);
});

it('fails with the reason of a nested promise that rejects, and leaves no other rejection unhandled', async () => {
  const mine = new Error('mine');
  await expect(encode([Promise.reject(mine), Promise.reject(new Error('other'))])).rejects.toBe(mine);
});

it('stops waiting for a nested promise when the prediction is canceled', async () => {
  const controller = new AbortController();
  const canceled = new OutputArea({
    outputDir: () => '',
    tempDir: () => null,
    signal: () => controller.signal,
  });
  const waiting = encodeOutput(new Promise(() => {}), { area: canceled, kind: 'value', path: 'output' });
  controller.abort();
  await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'CancelationError' }));
});

it('names a chunk by its number', () => {
  const chunk = () => encodeOutput({ a: Number.NaN }, { area, kind: 'chunk', path: 'output[3]' });
  expect(chunk).toThrow(PawlError);
  expect(chunk).toThrow('at output[3].a: ');
});
