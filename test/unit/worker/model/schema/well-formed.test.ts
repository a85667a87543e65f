import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../../../../src/base/json.ts';
import { isWellFormed } from '../../../../../src/worker/model/schema/well-formed.ts';

const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });

describe('a schema that is surely one', () => {
  it.each<[string, JsonObject]>([
    ['a text', { type: 'string', minLength: 1, default: 'world', description: 'Whom', 'x-order': 0 }],
    ['a choice', { enum: ['a', 'b', null, 1] }],
    ['a list', { type: 'array', items: { type: ['number', 'null'] }, maxItems: 3 }],
    ['a union', { anyOf: [{ type: 'string', format: 'uri' }, { type: 'null' }] }],
    ['an object', { type: 'object', properties: { a: true }, required: ['a'], additionalProperties: false }],
  ])('is %s', (_what, schema) => {
    expect(isWellFormed(schema)).toBe(true);
    expect(ajv.validateSchema(schema)).toBe(true);
  });

  it('is what zod makes of usual declarations', () => {
    const input = z.object({
      name: z.string().min(1).default('x'),
      steps: z.int().max(4),
      tags: z.array(z.string()),
    });
    const { $schema, ...json } = z.toJSONSchema(input, { io: 'input' });
    expect($schema).toContain('2020-12');
    expect(isWellFormed(JSON.parse(JSON.stringify(json)))).toBe(true);
  });
});

const KEYWORDS = [
  ...['type', 'title', 'description', 'default', 'examples', 'format', 'const', 'enum', 'minimum', 'maximum'],
  ...['exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'items'],
  ...['properties', 'required', 'additionalProperties', 'propertyNames', 'anyOf', 'oneOf', 'allOf', 'x-a'],
  ...['pattern', '$ref', '$defs', 'uniqueItems', '__proto__', 'constructor'],
];
const leaf = fc.oneof(
  fc.constantFrom('string', 'array', 'none', 1, -1, 0.5, true, null),
  fc.array(fc.constantFrom('string', 'null', 'none', 1), { maxLength: 3 }),
);
const { schema } = fc.letrec((tie) => ({
  schema: fc.dictionary(fc.constantFrom(...KEYWORDS), tie('value'), { maxKeys: 3 }),
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('schema'),
    fc.array(tie('schema'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('schema'), { maxKeys: 2 }),
  ),
}));

it('is never one that JSON Schema refuses', () => {
  const said = { yes: 0, no: 0 };
  fc.assert(
    fc.property(schema, (value) => {
      const json = JSON.parse(JSON.stringify(value));
      const is = isWellFormed(json);
      said[is ? 'yes' : 'no'] += 1;
      if (is) expect(ajv.validateSchema(json)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(said.yes, said.no)).toBeGreaterThan(50);
});
