// The server checks inputs by the document alone, the worker by the schema itself. What the document lets through the
// worker may still refuse, but what the schema accepts the document must not refuse.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../../../../src/base/json.ts';
import { definePredictor } from '../../../../../src/index.ts';
import { compilePredictorSchema } from '../../../../../src/server/prediction/predictor-schema.ts';
import { describePredictor } from '../../../../../src/worker/model/schema/document.ts';
import { load } from './predictors.ts';

function judges(input: z.ZodType) {
  const loaded = load(definePredictor({ input, predict: () => 1 }));
  const schema = compilePredictorSchema({
    document: describePredictor(loaded),
    hasTrain: false,
    hasHealthcheck: false,
  });
  return async (value: JsonObject) => {
    const server = attempt(() => schema.check.predict(value).value);
    const worker = await loaded.predict.input?.check({ ...value });
    return { server, worker: worker?.ok === true ? worker.value : null };
  };
}

function attempt<T>(fn: () => T): T | null {
  try {
    return fn();
  } catch {
    // Refused: which way is tested where the refusal is made.
    return null;
  }
}

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  bound: z.number().gt(0).lt(1),
  integer: z.int().gt(0).lt(3),
  nullable: z.string().nullable(),
  'nullable choice': z.enum(['a', 'b']).nullable(),
  choice: z.enum(['a', 'b']),
  union: z.union([z.int(), z.literal('auto')]),
  'nullable union': z.union([z.int(), z.boolean()]).nullable(),
  list: z.array(z.int()).max(2),
  pair: z.tuple([z.string(), z.int()]),
  dict: z.record(z.string(), z.int()),
  'any case': z.string().regex(/^a+$/i),
  trimmed: z.string().trim().max(2),
  multiline: z.string().regex(/^b$/m),
  nested: z.object({ a: z.object({ b: z.int().nullable() }) }),
};

const VALUES = [
  0,
  0.5,
  1,
  2,
  3,
  null,
  'a',
  'b',
  'c',
  'AA',
  ' a ',
  'auto',
  true,
  [],
  [1],
  [1, 2, 3],
  ['x', 1],
  ['x', 'y'],
  {},
  { k: 1 },
  { k: 'x' },
  { a: { b: null } },
  { a: { b: 1 } },
  { a: {} },
  'x\nb',
];

describe('what the schema accepts, the document accepts', () => {
  it.each(Object.keys(SCHEMAS))('%s', async (name) => {
    const judge = judges(z.object({ x: SCHEMAS[name] ?? z.never() }));
    let accepted = 0;
    for (const x of VALUES) {
      const { server, worker } = await judge({ x });
      if (worker === null) continue;
      accepted += 1;
      expect([name, x, server]).toEqual([name, x, { x }]);
    }
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('both refuse', () => {
  it.each([
    ['bound', 0],
    ['bound', 1],
    ['integer', 0],
    ['integer', 3],
    ['choice', null],
    ['nullable', 1],
    ['nullable union', 'x'],
    ['list', [1, 2, 3]],
    ['nested', { a: {} }],
  ])('%s: %j', async (name, x) => {
    const judge = judges(z.object({ x: SCHEMAS[name] ?? z.never() }));
    expect(await judge({ x })).toEqual({ server: null, worker: null });
  });
});

describe('an explicit null', () => {
  const judge = judges(
    z.object({
      nullable: z.string().nullable().optional(),
      optional: z.string().optional(),
      choice: z.enum(['a']).optional(),
      preset: z.string().default('x'),
    }),
  );

  it.each([
    [{ nullable: null }, { nullable: null, preset: 'x' }],
    [{ optional: null }, { preset: 'x' }],
    [{ choice: null }, { preset: 'x' }],
  ])('is what the contract says: %j', async (value, seen) => {
    const { server, worker } = await judge(value);
    expect(server).not.toBeNull();
    expect(worker).toStrictEqual(seen);
  });

  it('is refused where there is a default', async () => {
    expect(await judge({ preset: null })).toEqual({ server: null, worker: null });
  });
});
