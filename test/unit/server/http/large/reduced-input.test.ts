// What is said of an input of which only the types are looked at, beside what is said when all of it is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Json, JsonObject } from '../../../../../src/base/json.ts';
import { limit } from '../../../../../src/limits.ts';
import { type Checks, checkBody } from '../../../../../src/server/http/large/check-body.ts';
import { openFields } from '../../../../../src/server/http/large/open-fields.ts';
import { checkCost, TakesLong } from '../../../../../src/server/http/large/read-body.ts';
import { inputFields } from '../../../../../src/server/prediction/field-kinds.ts';
import { compilePredictorSchema } from '../../../../../src/server/prediction/predictor-schema.ts';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'pawl-test-')), 'body');
});
afterEach(() => rmSync(path.dirname(file), { recursive: true, force: true }));

const documentOf = (input: JsonObject): JsonObject => ({ components: { schemas: { Input: input } } });

function checksFor(document: JsonObject): Checks {
  const { predict } = compilePredictorSchema({ document, hasTrain: false, hasHealthcheck: false }).check;
  const fields = inputFields(document, 'predict');
  const open = openFields(document, 'predict');
  return { check: predict, fields, open, hasFiles: false, largeFrom: 0 };
}

function reportOf(body: string, checks: Checks) {
  const bytes = Buffer.from(body);
  writeFileSync(file, bytes);
  try {
    return checkBody({ path: file, bytes, form: null }, checks);
  } finally {
    for (const made of ['.value', '.shown']) rmSync(file + made, { force: true });
  }
}

const LONG = 300;
const types = fc.constantFrom('string', 'number', 'integer', 'boolean', 'array', 'object');
const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    types.map((type) => ({ type })),
    fc.constantFrom<Json>({}, { title: 'Any', 'x-order': 1 }, { type: 'string', maxLength: 400 }),
    fc.constantFrom<Json>(
      { type: 'string', format: 'uri' },
      { type: 'string', 'x-cog-secret': true },
      { type: 'array', minItems: 1 },
      { type: 'array', nullable: true },
      { type: 'object', required: ['a'] },
      { anyOf: [{ type: 'array' }, { type: 'null' }] },
      { type: ['array', 'string'] },
      { enum: [1, 'a'] },
    ),
    tie('schema').map((items) => ({ type: 'array', items })),
  ),
}));
const names = ['a', 'b', 'c'];
const input = fc.record(
  {
    properties: fc.dictionary(fc.constantFrom(...names), schema),
    required: fc.subarray(names),
    additionalProperties: fc.constantFrom<Json>(true, false, {}, { type: 'array' }),
  },
  { requiredKeys: ['properties'] },
);
const items = fc.oneof(
  fc.array(fc.integer()),
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
  fc.array(fc.string()),
  fc.array(fc.array(fc.integer())),
  fc.array(
    fc.json({ maxDepth: 2 }).map((text) => JSON.parse(text) as Json),
    { maxLength: 3 },
  ),
);
const value = fc.oneof(
  // Nearly all of the right type, and long enough to be spared.
  items.map((list) => [...list, ...Array.from({ length: LONG }, () => list[0] ?? 0)]),
  fc.string({ maxLength: 20 }).map((text) => text + 'é'.repeat(LONG)),
  fc.integer().map((one) => Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, one]))),
  fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as Json),
);
const body = fc
  .array(fc.tuple(fc.constantFrom(...names, 'd', '__proto__'), value), { maxLength: 3 })
  .map((members) => members.map(([name, one]) => `${JSON.stringify(name)}: ${JSON.stringify(one)}`))
  .map((members) => `{"id":"x", "input": {${members.join(',')}}}`);

it('is the same', () => {
  fc.assert(
    // To compile a schema takes longest.
    fc.property(input, fc.array(body, { minLength: 10, maxLength: 10 }), (declared, bodies) => {
      const checks = checksFor(documentOf({ type: 'object', ...declared }));
      for (const given of bodies)
        expect(reportOf(given, checks)).toEqual(reportOf(given, { ...checks, open: null }));
    }),
    { numRuns: 12 },
  );
});

it.each<[string, JsonObject]>([
  ['a list of anything', { type: 'array', items: {} }],
  ['a list of numbers', { type: 'array', items: { type: 'number' } }],
  ['a list of lists of integers', { type: 'array', items: { type: 'array', items: { type: 'integer' } } }],
  ['anything', {}],
])('comes without a value being made of the input where it is %s', (_what, declared) => {
  const checks = checksFor(
    documentOf({ type: 'object', properties: { a: declared, b: { type: 'integer' } } }),
  );
  const rows = declared.items !== undefined && JSON.stringify(declared).includes('integer') ? [1, 2] : 7;
  const given = `{"input":{"b":1,"a":${JSON.stringify(Array.from({ length: LONG }, () => rows))}}}`;
  const parse = vi.spyOn(JSON, 'parse');
  const report = reportOf(given, checks);
  const longest = Math.max(...parse.mock.calls.map(([text]) => text.length));
  parse.mockRestore();
  expect(report).toMatchObject({ type: 'taken', input: { issues: null, value: { from: 9 } } });
  expect(longest).toBeLessThan(100);
});

it('is not begun where it would take long, unless somebody is patient', () => {
  const checks = checksFor(documentOf({ type: 'object', properties: { a: { type: 'object' } } }));
  const many = Array.from({ length: limit('quickBodyShapesMax') * 1.1 }, (_, i) => `"${i}":1`).join(',');
  const first = `{"input":{"a":{${many}}}}`;
  for (const given of [first, `\ufeff {"input":{},${many}}`, `{${many},"input":{}}`])
    expect(() => reportOf(given, { ...checks, isPatient: false })).toThrow(TakesLong);
  expect(reportOf(first, { ...checks, isPatient: true })).toMatchObject({ type: 'taken' });
});

it('names what costs too much for anybody', () => {
  const shapes = limit('bodyShapesMax') + 1;
  expect(() => checkCost({ shapes, containers: 0 }, true)).toThrow(/too many different names/);
  expect(() => checkCost({ shapes: 0, containers: limit('quickBodyContainersMax') + 1 }, false)).toThrow(
    TakesLong,
  );
});
