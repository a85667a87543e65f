import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../src/base/json.ts';
import { compileWithAjv } from '../../../../../src/worker/model/schema/json-check.ts';
import { simpleChecks } from '../../../../../src/worker/model/schema/simple-check.ts';

const TYPES = ['string', 'number', 'integer', 'boolean', 'null', 'object', 'array'];

const notes = fc.constantFrom<JsonObject>({}, { title: 'T', default: 3 }, { format: 'uri', 'x-order': 0 });
const leaf = fc
  .tuple(fc.constantFrom(...TYPES, null), notes)
  .map(([type, more]): JsonObject => (type === null ? more : { type, ...more }));
const schemas = fc.oneof(
  leaf,
  fc.tuple(leaf, notes).map(([items, more]): JsonObject => ({ type: 'array', items, ...more })),
  leaf.map((items): JsonObject => ({ type: 'array', items: { type: 'array', items } })),
);

it('says of a value what Ajv says', () => {
  const said = { fits: 0, not: 0 };
  fc.assert(
    fc.property(
      schemas,
      fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 5, maxLength: 10 }),
      (schema, values) => {
        const simple = simpleChecks(schema);
        const full = compileWithAjv(schema, 'output');
        expect(simple?.item === null).toBe(full.item === null);
        for (const value of [...values, [], ['a'], ['a', 1], [[1], [1, 'a']], 'a', 1, 1.5, null, true, {}]) {
          const issues = full.whole(value);
          said[issues.length === 0 ? 'fits' : 'not'] += 1;
          expect(simple?.whole(value)).toEqual(issues);
          expect(simple?.item?.(value)).toEqual(full.item?.(value));
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(Math.min(said.fits, said.not)).toBeGreaterThan(200);
});

describe('a schema that says more', () => {
  it.each<JsonObject>([
    { type: 'string', minLength: 1 },
    { type: 'array', items: { enum: ['a'] } },
    { type: 'array', items: false },
    { type: ['string', 'null'] },
    { type: 'object', properties: {} },
    { items: { type: 'string' } },
    { type: 'array', items: { type: 'string' }, prefixItems: [] },
    { $ref: '#/$defs/a' },
    { type: 'constructor' },
  ])('is left to Ajv: %j', (schema) => {
    expect(simpleChecks(schema)).toBeNull();
  });
});
