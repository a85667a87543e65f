import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../../src/base/json.ts';
import { describePredictor } from '../../../../../src/worker/model/schema/document.ts';
import { isJsonObject, isList, listOf } from '../../../../../src/worker/model/schema/keywords.ts';
import { load, PREDICTORS } from './predictors.ts';

const KEYWORDS = new Set(
  `title multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems
   uniqueItems maxProperties minProperties required enum type allOf oneOf anyOf not items properties
   additionalProperties description format default nullable discriminator readOnly writeOnly xml externalDocs example
   deprecated $ref`.split(/\s+/),
);
const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'];

/** What is wrong with a schema by the rules of OpenAPI 3.0, and where. */
function faults(schema: Json, at: string, names: readonly string[]): string[] {
  if (!isJsonObject(schema)) return [`${at} is no schema object`];
  const found: string[] = [];
  const say = (condition: boolean, text: string) => {
    if (condition) found.push(`${at}: ${text}`);
  };
  const keys = Object.keys(schema);
  for (const key of keys) say(!KEYWORDS.has(key) && !key.startsWith('x-'), `unknown keyword ${key}`);
  say(schema.$ref !== undefined && keys.length > 1, 'something beside $ref');
  say(typeof schema.$ref === 'string' && !names.includes(schema.$ref), `$ref to nothing: ${schema.$ref}`);
  say(
    schema.type !== undefined && !TYPES.some((type) => type === schema.type),
    `type ${JSON.stringify(schema.type)}`,
  );
  say(schema.type === 'array' && schema.items === undefined, 'array without items');
  say(!['boolean', 'undefined'].includes(typeof schema.exclusiveMinimum), 'exclusiveMinimum is no flag');
  say(!['boolean', 'undefined'].includes(typeof schema.exclusiveMaximum), 'exclusiveMaximum is no flag');
  say(isList(schema.required) && schema.required.length === 0, 'required is empty');
  say(listOf(schema.enum).includes(null) && schema.nullable !== true, 'null in enum, but not nullable');
  const inside = (key: string, sub: Json | undefined) =>
    sub === undefined ? [] : faults(sub, `${at}/${key}`, names);
  for (const key of ['items', 'not']) found.push(...inside(key, schema[key]));
  if (isJsonObject(schema.additionalProperties)) found.push(...inside('*', schema.additionalProperties));
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    for (const part of listOf(schema[key])) found.push(...inside(key, part));
  }
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  for (const [key, property] of Object.entries(properties)) found.push(...inside(key, property));
  return found;
}

function within(value: Json | undefined, ...path: readonly string[]): JsonObject {
  let at = value;
  for (const key of path) at = isJsonObject(at) ? at[key] : undefined;
  return isJsonObject(at) ? at : {};
}

describe.each(Object.keys(PREDICTORS))('the document of %s', (name) => {
  const document = describePredictor(load(PREDICTORS[name]));
  const schemas = within(document, 'components', 'schemas');
  const names = Object.keys(schemas).map((key) => `#/components/schemas/${key}`);

  it('is made of schemas that OpenAPI 3.0 knows', () => {
    expect(Object.entries(schemas).flatMap(([key, schema]) => faults(schema, key, names))).toEqual([]);
    for (const key of Object.keys(schemas)) expect(key).toMatch(/^[a-zA-Z0-9._-]+$/);
  });

  it('declares every parameter of its paths, and each operation once', () => {
    const operations = Object.entries(within(document, 'paths')).flatMap(([path, item]) =>
      Object.values(isJsonObject(item) ? item : {}).map((operation) => ({ path, operation })),
    );
    const ids = operations.map(({ operation }) => within({ operation }, 'operation').operationId);
    expect(new Set(ids).size).toBe(operations.length);
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const declared = listOf(within({ operation }, 'operation').parameters)
        .map((each) => within({ each }, 'each'))
        .filter((each) => each.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(inPath);
    }
  });

  it('orders the inputs', () => {
    const properties = Object.values(within(schemas.Input, 'properties'));
    expect(properties.map((property) => within({ property }, 'property')['x-order'])).toEqual(
      properties.map((_, i) => i),
    );
  });

  it('is the same text each time, and JSON', () => {
    const text = JSON.stringify(document);
    expect(JSON.stringify(describePredictor(load(PREDICTORS[name])))).toBe(text);
    expect(JSON.parse(text)).toEqual(document);
  });
});

describe('the document', () => {
  const post = (predictor: unknown) =>
    within(describePredictor(load(predictor)), 'paths', '/predictions', 'post');

  it('says that predictions stream, unless they do not', () => {
    expect(post(() => 1)['x-cog-streaming']).toBe(true);
    expect(post({ predict: () => 1, streaming: false })).not.toHaveProperty('x-cog-streaming');
  });

  it('has trainings where there is train(), with any input where none is declared', () => {
    const document = describePredictor(load({ predict: () => 1, train: () => 1, input: { type: 'object' } }));
    expect(Object.keys(within(document, 'paths'))).toContain('/trainings/{training_id}/cancel');
    expect(within(document, 'components', 'schemas', 'TrainingInput')).toEqual({
      title: 'TrainingInput',
      type: 'object',
      additionalProperties: true,
    });
    expect(Object.keys(within(describePredictor(load(() => 1)), 'paths')).join()).not.toContain('trainings');
  });

  it('has nothing else where the server only trains', () => {
    const predictor = { predict: () => 1, train: () => 1, trainInput: { type: 'object' } };
    const document = describePredictor(load(predictor), 'train');
    expect(Object.keys(within(document, 'paths')).join()).not.toContain('predictions');
    expect(Object.keys(within(document, 'components', 'schemas'))).not.toContain('Input');
    expect(Object.keys(within(document, 'components', 'schemas'))).toContain('TrainingInput');
  });

  it('shows the parts of a text in one piece only where a generator gives texts', () => {
    const meta = { 'x-cog-array-display': 'concatenate' };
    const output = (predictor: object) =>
      within(describePredictor(load(predictor)), 'components', 'schemas', 'Output');
    const texts = { type: 'array', items: { type: 'string' }, ...meta };
    expect(output({ output: texts, *predict() {} })).toEqual({
      title: 'Output',
      ...texts,
      'x-cog-array-type': 'iterator',
    });
    const numbers = { type: 'array', items: { type: 'number' }, ...meta };
    expect(output({ output: numbers, async *predict() {} })).not.toHaveProperty('x-cog-array-display');
    expect(output({ output: texts, predict: () => [] })).not.toHaveProperty('x-cog-array-type');
    // A schema of what is yielded means the same as one of the list.
    expect(output({ output: { type: 'string' }, *predict() {} })).toMatchObject({
      items: { type: 'string' },
    });
  });
});
