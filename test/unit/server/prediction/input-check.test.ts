import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../src/base/json.ts';
import { compilePredictorSchema } from '../../../../src/server/prediction/predictor-schema.ts';
import { type Issue, RequestRefused } from '../../../../src/server/prediction/refusal.ts';
import { documentWith } from '../../../helpers/fake-server.ts';

function schemaOf(document: JsonObject) {
  return compilePredictorSchema({ document, hasTrain: false, hasHealthcheck: false });
}

function check(properties: JsonObject, input: Json, more: JsonObject = {}, schemas: JsonObject = {}) {
  return schemaOf(documentWith({ type: 'object', properties, ...more }, schemas)).check.predict(input);
}

function issues(
  properties: JsonObject,
  input: Json,
  more: JsonObject = {},
  schemas: JsonObject = {},
): readonly Issue[] {
  try {
    check(properties, input, more, schemas);
  } catch (error) {
    if (error instanceof RequestRefused) return error.issues;
    throw error;
  }
  return [];
}

const at = (...path: (string | number)[]) => ['input', ...path];

describe('an input that does not fit', () => {
  it('has one issue per field, missing ones named as Cog names them', () => {
    expect(
      issues({ a: { type: 'string' }, b: { type: 'integer' } }, { b: '3' }, { required: ['a', 'b'] }),
    ).toEqual([
      { path: at('a'), message: 'Field required', type: 'value_error.missing' },
      { path: at('b'), message: 'must be integer', type: 'value_error' },
    ]);
  });

  it.each([
    [{ type: 'string', enum: ['red', 'green'] }, 'blue', [], 'must be one of "red", "green"'],
    [{ const: 1 }, 2, [], 'must be 1'],
    [{ type: 'integer', minimum: 2 }, 1, [], 'must be >= 2'],
    [{ type: 'number' }, true, [], 'must be number'],
    [{ type: 'string', maxLength: 2 }, 'abc', [], 'must NOT have more than 2 characters'],
    [{ type: 'string', pattern: '^[\\w-.]+$' }, 'a b', [], 'must match pattern "^[\\w-.]+$"'],
    [{ type: 'array', items: { type: 'integer' } }, [1, 'x'], [1], 'must be integer'],
    [{ type: 'string', format: 'uri' }, 'cat.png', [], 'must be an http:, https: or data: URL'],
    [{ type: 'string', format: 'uri' }, 5, [], 'must be a file, as an http:, https: or data: URL'],
    [
      { type: 'array', items: { type: 'string', format: 'uri' } },
      [5],
      [0],
      'must be a file, as an http:, https: or data: URL',
    ],
    [{ type: 'string', format: 'uri' }, 'file:///etc/passwd', [], 'must be an http:, https: or data: URL'],
    [{ type: 'integer', nullable: true }, 'x', [], 'must be integer or must be null'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1, [], 'must be string or must be null'],
    [
      { anyOf: [{ type: 'array', items: { type: 'integer' } }, { type: 'null' }] },
      [1, '2'],
      [1],
      'must be integer',
    ],
    [{ allOf: [{ $ref: '#/components/schemas/color' }] }, 'blue', [], 'must be one of "red"'],
  ] satisfies [JsonObject, Json, (string | number)[], string][])(
    '%j refuses %j',
    (schema, value, path, message) => {
      const found = issues({ v: schema }, { v: value }, {}, { color: { enum: ['red'], title: 'color' } });
      expect(found).toEqual([{ path: at('v', ...path), message, type: 'value_error' }]);
    },
  );

  it('names nested fields by their path, missing and surplus ones too', () => {
    const nested = {
      o: {
        type: 'object',
        properties: { 'a/b': { type: 'integer' } },
        required: ['x'],
        additionalProperties: false,
      },
    };
    expect(issues(nested, { o: {} })).toEqual([
      { path: at('o', 'x'), message: 'Field required', type: 'value_error.missing' },
    ]);
    expect(issues(nested, { o: { x: 1 } })[0]?.path).toEqual(at('o', 'x'));
    expect(
      issues({ o: { properties: { 'a/b': { type: 'integer' } } } }, { o: { 'a/b': 'x' } })[0]?.path,
    ).toEqual(at('o', 'a/b'));
  });

  it.each(['text', [1], 3, true])('is %j at the root', (input) => {
    expect(issues({}, input)).toEqual([
      { path: at('__root__'), message: 'must be object', type: 'value_error' },
    ]);
  });

  it('reports what only the whole object shows at the root', () => {
    expect(issues({ a: {}, b: {} }, { a: 1, b: 2 }, { maxProperties: 1 })[0]?.path).toEqual(at('__root__'));
  });

  it('is found where a required field is called like something every object has', () => {
    expect(issues({ constructor: { type: 'string' } }, {}, { required: ['constructor'] })).toEqual([
      { path: at('constructor'), message: 'Field required', type: 'value_error.missing' },
    ]);
  });

  it('reports few issues for a long list of wrong items', () => {
    expect(
      issues({ l: { type: 'array', items: { type: 'integer' } } }, { l: Array(10_000).fill('x') }),
    ).toHaveLength(1);
  });
});

describe('an input that fits', () => {
  it.each([
    [{ type: 'string', format: 'uri' }, 'https://example.test/cat.png'],
    [{ type: 'string', format: 'uri' }, 'DATA:image/png;base64,AAAA'],
    [{ type: 'string', format: 'date-time' }, 'not a date: other formats are the predictor’s business'],
    [{ type: 'integer', nullable: true, default: 3 }, null],
    [{ type: 'number' }, 1],
    [{ 'x-order': 0, 'x-cog-secret': false, type: 'string' }, 's'],
    [{}, { any: ['thing', null] }],
  ] satisfies [JsonObject, Json][])('%j takes %j unchanged', (schema, value) => {
    expect(check({ v: schema }, { v: value }).value).toEqual({ v: value });
  });

  it('is not coerced and gets no defaults', () => {
    expect(check({ n: { type: 'integer', default: 7 } }, {}).value).toEqual({});
    expect(issues({ n: { type: 'integer' } }, { n: '3' })).toHaveLength(1);
  });

  it('loses what is unknown, with a warning for each', () => {
    const { value, warnings } = check({ s: { type: 'string' } }, { s: 'x', foo: 1, constructor: 2 });
    expect(value).toEqual({ s: 'x' });
    expect(warnings).toEqual(['Ignoring unknown input "foo"', 'Ignoring unknown input "constructor"']);
  });

  it('names at most twenty unknown fields', () => {
    const input = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`f${n}`, n]));
    const { warnings } = check({}, input);
    expect(warnings).toHaveLength(21);
    expect(warnings.at(-1)).toBe('Ignoring 980 more unknown inputs');
  });

  it.each([
    [{ type: 'object' }],
    [{ type: 'object', properties: {}, additionalProperties: true }],
    [{ type: 'object', properties: {}, additionalProperties: { type: 'integer' } }],
    [{ type: 'object', properties: {}, patternProperties: { '^f': {} } }],
  ])('keeps unknown fields where the schema is open: %j', (schema) => {
    expect(schemaOf(documentWith(schema)).check.predict({ foo: 1 }).value).toEqual({ foo: 1 });
  });

  it('is any object where the document has no Input', () => {
    expect(schemaOf({}).check.predict({ foo: 1 }).value).toEqual({ foo: 1 });
  });

  it('keeps __proto__ where it is declared, also when another field is dropped', () => {
    const input: Json = JSON.parse('{"__proto__":1,"x":2}');
    const properties: JsonObject = JSON.parse('{"__proto__":{"type":"integer"}}');
    expect(JSON.stringify(check(properties, input).value)).toBe('{"__proto__":1}');
  });
});

describe('an explicit null', () => {
  it.each([
    ['nullable: kept', { type: 'string', nullable: true }, [], { v: null }],
    ['a union with null: kept', { anyOf: [{ type: 'string' }, { type: 'null' }] }, [], { v: null }],
    ['optional: omitted', { type: 'string' }, [], {}],
  ] satisfies [string, JsonObject, string[], JsonObject][])('%s', (_name, schema, required, value) => {
    expect(check({ v: schema }, { v: null }, { required }).value).toEqual(value);
  });

  it.each([
    ['required', { type: 'string' }, ['v']],
    ['optional with a default', { type: 'string', default: 'x' }, []],
  ] satisfies [string, JsonObject, string[]][])(
    'is refused where the field is %s',
    (_name, schema, required) => {
      expect(issues({ v: schema }, { v: null }, { required })[0]?.path).toEqual(at('v'));
    },
  );
});

describe('a secret', () => {
  it('reaches the worker, and nobody else', () => {
    const properties = {
      key: { type: 'string', format: 'password' },
      other: { anyOf: [{ type: 'string', format: 'password' }, { type: 'null' }] },
    };
    const { value, shown } = check(properties, { key: 'hunter2', other: 'x' });
    expect(value).toEqual({ key: 'hunter2', other: 'x' });
    expect(shown).toEqual({ key: '**********', other: '**********' });
  });
});

describe('a schema that does not compile', () => {
  it('lets nothing through, and says why', () => {
    const schema = schemaOf(documentWith({ type: 'object', properties: { a: { type: 'strng' } } }));
    expect(schema.error?.code).toBe('PAWL_INTERNAL');
    expect(() => schema.check.predict({ a: 1 })).toThrow(/does not compile/);
  });

  it('keeps data that only looks like schema as it is', () => {
    const enumerated = { enum: [{ nullable: true }] };
    expect(check({ v: enumerated }, { v: { nullable: true } }).value).toEqual({ v: { nullable: true } });
  });
});

describe('a pattern that takes too long', () => {
  const EVIL = `${'a'.repeat(60)}!`;
  const WARNING =
    'A pattern of the schema takes too long on this input for the server to check it; the predictor does';
  const text = { type: 'string', pattern: '^(a+)+$' };

  it('leaves the input to the predictor, with a line in the log', () => {
    expect(check({ text, other: { type: 'integer' } }, { text: EVIL, other: 1 })).toMatchObject({
      value: { text: EVIL, other: 1 },
      warnings: [WARNING],
    });
  });

  it('decides nothing inside `not` either', () => {
    expect(check({ text: { type: 'string', not: text } }, { text: EVIL }).warnings).toEqual([WARNING]);
  });

  it('still lets another field be refused', () => {
    const found = issues({ a: { type: 'integer' }, text }, { a: 'x', text: EVIL }, { required: ['b'] });
    expect(found.map(({ path }) => path.at(-1))).toEqual(['b', 'a']);
  });

  it('keeps what a pattern for names can not judge', () => {
    const more = { properties: {}, patternProperties: { '^(a+)+$': {} }, additionalProperties: false };
    expect(check({}, { [EVIL]: 1, b: 2 }, more).value).toEqual({ [EVIL]: 1 });
  });
});

describe('uniqueItems', () => {
  const list = { type: 'array', uniqueItems: true };

  it.each<[Json[], string | null]>([
    [[], null],
    [[1, '1', [1], { a: 1 }, null, true, 'true', [[1]], { a: [1] }, ''], null],
    [[1, 2, 1.0], 'items ## 0 and 2'],
    [[null, null], 'items ## 0 and 1'],
    [
      [
        { a: 1, b: { c: [2], d: 3 } },
        { b: { d: 3, c: [2] }, a: 1 },
      ],
      'items ## 0 and 1',
    ],
    [[{ a: 1 }, { a: 1, b: 2 }, [1, 2], [2, 1], '1,2', '{"a":1}'], null],
  ])('judges %j', (value, where) => {
    const found = issues({ list }, { list: value });
    const message = `must NOT have duplicate items (${where} are identical)`;
    expect(found).toEqual(where === null ? [] : [{ path: at('list'), message, type: 'value_error' }]);
  });

  it('is not asked where the schema says false', () => {
    expect(issues({ list: { ...list, uniqueItems: false } }, { list: [1, 1] })).toEqual([]);
  });

  it('takes no longer than its input is long', () => {
    // Compared in pairs, these would take minutes.
    const value = Array.from({ length: 50_000 }, (_, index) => ({ index }));
    expect(issues({ list }, { list: value })).toEqual([]);
    expect(issues({ list }, { list: [...value, { index: 7 }] })).toHaveLength(1);
  });
});
