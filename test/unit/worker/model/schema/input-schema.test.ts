import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { file, PawlFile, Secret, secret } from '../../../../../src/index.ts';
import { inputSchema } from '../../../../../src/worker/model/schema/input-schema.ts';

const picture = new PawlFile({ path: '/x/a.png', name: 'a.png', type: 'image/png', size: 1 });
const make = (schema: unknown) => inputSchema(schema, 'input of predict.ts (export default)');

describe('check()', () => {
  it('applies defaults and transforms, and gives what user code wants', async () => {
    const schema = make(z.object({ n: z.int().default(2), key: secret(), image: file().optional() }));
    const result = await schema.check({ key: 'hunter2', image: picture });
    expect(result).toMatchObject({ ok: true, value: { n: 2, image: picture } });
    expect(result.ok && result.value.key).toBeInstanceOf(Secret);
  });

  it('names the field of each issue', async () => {
    const schema = make(z.object({ a: z.object({ b: z.array(z.int()) }), c: z.string() }));
    expect(await schema.check({ a: { b: [1, 'x'] } })).toEqual({
      ok: false,
      issues: [
        { path: ['a', 'b', 1], message: 'Invalid input: expected number, received string' },
        { path: ['c'], message: 'Invalid input: expected string, received undefined' },
      ],
    });
  });

  it('waits for validators that take their time', async () => {
    const schema = make(z.object({ a: z.string().refine(async (text) => text === 'x') }));
    expect(await schema.check({ a: 'x' })).toEqual({ ok: true, value: { a: 'x' } });
    expect(await schema.check({ a: 'y' })).toMatchObject({ ok: false });
  });

  it('works with valibot and arktype', async () => {
    const valibot = make(
      toStandardJsonSchema(v.object({ n: v.optional(v.number(), 2), s: v.optional(v.string()) })),
    );
    expect(await valibot.check({ s: null })).toEqual({ ok: true, value: { n: 2 } });
    expect(await valibot.check({ n: 'x' })).toMatchObject({ ok: false, issues: [{ path: ['n'] }] });
    const arktype = make(type({ n: 'number = 2', 's?': 'string' }));
    expect(await arktype.check({ s: null })).toEqual({ ok: true, value: { n: 2 } });
    expect(await arktype.check({ n: null })).toMatchObject({ ok: false, issues: [{ path: ['n'] }] });
  });

  it('refuses a schema whose result is no object', async () => {
    const schema = make(z.object({ a: z.string() }).transform(({ a }) => a));
    expect(await schema.check({ a: 'x' })).toMatchObject({ ok: false, issues: [{ path: [] }] });
  });
});

describe('check() of a plain JSON Schema', () => {
  const schema = make({
    type: 'object',
    properties: {
      steps: { type: 'integer', default: 20 },
      image: { type: 'string', format: 'uri', minLength: 9 },
      mask: { type: ['string', 'null'], format: 'uri' },
      images: { type: 'array', items: { type: 'string', format: 'uri' } },
      nested: { type: 'object', properties: { n: { type: 'integer', default: 1 } } },
      mode: { enum: ['a', 'b'] },
    },
    required: ['steps', 'image'],
  });

  it('fills defaults in, and leaves the caller’s object alone', async () => {
    const input = { image: picture, nested: {} };
    const result = await schema.check(input);
    expect(result).toEqual({ ok: true, value: { image: picture, nested: { n: 1 }, steps: 20 } });
    expect(input).toEqual({ image: picture, nested: {} });
    expect(result.ok && result.value.image).toBe(picture);
  });

  it('takes files where it says files', async () => {
    expect(await schema.check({ image: picture, mask: null, images: [picture] })).toMatchObject({ ok: true });
    expect(await schema.check({ image: 3 })).toEqual({
      ok: false,
      issues: [{ path: ['image'], message: 'must be a file: an http:, https: or data: URL' }],
    });
    expect(await schema.check({ image: picture, images: ['x'] })).toMatchObject({
      issues: [{ path: ['images', '0'] }],
    });
  });

  it('says what is missing and what is offered', async () => {
    expect(await schema.check({})).toEqual({
      ok: false,
      issues: [{ path: ['image'], message: 'Field required' }],
    });
    const { issues } = { issues: [], ...(await schema.check({ image: picture, mode: 'c' })) };
    expect(issues).toEqual([{ path: ['mode'], message: 'must be one of "a", "b"' }]);
  });

  it('keeps __proto__ and constructor as data', async () => {
    const input: Record<string, unknown> = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}');
    const result = await make({ type: 'object' }).check(input);
    expect(result.ok && Object.keys(result.value)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const omitting = make({ type: 'object', properties: { a: { type: 'string' } } });
    const dropped = await omitting.check({ ...JSON.parse('{"__proto__": {"x": 1}, "a": null}') });
    expect(dropped.ok && Object.keys(dropped.value)).not.toContain('a');
    expect(dropped.ok && Object.hasOwn(dropped.value, 'polluted')).toBe(false);
  });
});

describe('files', () => {
  it('are found through optional, nullable, lists, objects, unions and dicts', () => {
    const schema = make(
      z.object({
        a: file(),
        b: file().optional().describe('x'),
        c: file().nullable(),
        d: z.array(file()),
        e: z.object({ f: z.array(z.object({ g: file() })) }),
        h: z.union([z.int(), file()]),
        i: z.record(z.string(), file()),
        j: z.discriminatedUnion('k', [
          z.object({ k: z.literal(1), l: file() }),
          z.object({ k: z.literal(2) }),
        ]),
        url: z.url(),
        text: z.string(),
      }),
    );
    expect(schema.files.map((place) => place.map((key) => key ?? '*').join('.')).sort()).toEqual([
      'a',
      'b',
      'c',
      'd.*',
      'e.f.*.g',
      'h',
      'i.*',
      'j.l',
    ]);
  });

  it('are URLs of a plain JSON Schema, and of no library', () => {
    expect(make({ type: 'object', properties: { a: { type: 'string', format: 'uri' } } }).files).toEqual([
      ['a'],
    ]);
    expect(make(type({ a: 'string.url' })).files).toEqual([]);
    expect(make(toStandardJsonSchema(v.object({ a: v.pipe(v.string(), v.url()) }))).files).toEqual([]);
  });

  it('are found in a schema that refers to itself, once around', () => {
    const Tree = z.object({
      image: file(),
      get children() {
        return z.array(Tree);
      },
    });
    expect(make(z.object({ tree: Tree })).files).toContainEqual(['tree', 'image']);
    expect(make(Tree).files).toContainEqual(['image']);
  });

  it('do not make schemas that refer to each other in every way take forever', () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]));
    const all = { type: 'object', properties: { ...properties, file: { type: 'string', format: 'uri' } } };
    const $defs = Object.fromEntries(names.map((name) => [name, all]));
    expect(make({ ...all, $defs }).files).toContainEqual(['n3', 'n4', 'file']);
  });
});

describe('a schema that cannot be used', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'a text',
      'string',
      /^input of predict\.ts \(export default\) is no schema but string: give it a Standard Schema/,
    ],
    ['a list', [], /is no schema but a list/],
    [
      'fields without an object',
      { a: z.string(), b: file() },
      /is a plain object of schemas \(a, b\): wrap it, for instance z\.object/,
    ],
    ['no object', z.string(), /describes no object but "string": inputs have names/],
    ['a list of objects', z.array(z.object({})), /describes no object but "array"/],
    ['a JSON Schema of a text', { type: 'string' }, /describes no object but "string"/],
    [
      'bare valibot',
      v.object({ a: v.string() }),
      /gives no JSON Schema: wrap it in toStandardJsonSchema\(\) of the package @valibot/,
    ],
    [
      'another library',
      { '~standard': { version: 1, vendor: 'acme', validate: () => ({}) } },
      /gives no JSON Schema: acme does not implement Standard JSON Schema/,
    ],
    ['an old library', { safeParse: () => ({}) }, /comes from a library without Standard Schema/],
    [
      'a broken reference',
      { type: 'object', properties: { a: { $ref: '#/$defs/A' } } },
      /refers to #\/\$defs\/A, which is not in it/,
    ],
    [
      'a reference elsewhere',
      { type: 'object', properties: { a: { $ref: 'https://example.com/a' } } },
      /refers to https:\/\/example\.com\/a/,
    ],
    [
      'an unknown type',
      { type: 'object', properties: { a: { type: 'strnig' } } },
      /is no valid JSON Schema: /,
    ],
    [
      'a file with a default',
      { type: 'object', properties: { a: { type: 'string', format: 'uri', default: 'http://x' } } },
      /gives the file input a a default/,
    ],
  ])('is refused with a reason: %s', (_what, schema, message) => {
    expect(() => make(schema)).toThrow(expect.objectContaining({ code: 'PAWL_PREDICTOR_INVALID' }));
    expect(() => make(schema)).toThrow(message);
  });

  it('keeps what the library said as the cause', () => {
    const twice = z.object({ a: z.string().meta({ id: 'same' }), b: z.int().meta({ id: 'same' }) });
    expect(() => make(twice)).toThrow(/cannot become JSON Schema: zod says: Duplicate schema id/);
  });
});

describe('what JSON cannot hold', () => {
  it('is left out of the schema, and the input still works', async () => {
    const schema = make(
      z.object({
        big: z.coerce.bigint().default(5n),
        wide: z.number().max(Number.POSITIVE_INFINITY).default(Number.POSITIVE_INFINITY),
        when: z.coerce.date().optional(),
        made: z.custom<number>((value) => typeof value === 'number').optional(),
      }),
    );
    expect(JSON.stringify(schema.json)).not.toContain('null');
    expect(await schema.check({})).toEqual({ ok: true, value: { big: 5n, wide: Number.POSITIVE_INFINITY } });
    const { value } = { value: {}, ...(await schema.check({ big: 7, when: '2020-01-01' })) };
    expect(value).toMatchObject({ big: 7n, when: new Date('2020-01-01') });
  });

  it('does not stop a plain JSON Schema either', () => {
    const odd = { type: 'integer', maximum: 10n ** 30n, minimum: 1n, default: () => 1, [Symbol('x')]: 1 };
    expect(make({ type: 'object', properties: { odd } }).json).toEqual({
      type: 'object',
      properties: { odd: { type: 'integer', minimum: 1 } },
    });
    const ring: Record<string, unknown> = { type: 'object' };
    ring.properties = { ring };
    expect(() => make(ring)).toThrow(/nested too deep, or refers to itself; use \$ref instead/);
  });
});
