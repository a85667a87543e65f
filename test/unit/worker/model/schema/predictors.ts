// The same predictor declared with each library, as far as the library can say it, and one that says all that zod can.
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { choices, definePredictor, file, secret } from '../../../../../src/index.ts';
import { toPredictor } from '../../../../../src/worker/model/forms.ts';
import type { LoadedPredictor } from '../../../../../src/worker/model/loaded-predictor.ts';

export function load(value: unknown): LoadedPredictor {
  return toPredictor(value, { file: 'predict.ts', exportName: 'default' });
}

const Node = z.object({
  name: z.string(),
  get children() {
    return z.array(Node);
  },
});

const Box = z.object({ x: z.int(), y: z.int() }).meta({ id: 'Box' });

export const PREDICTORS: Readonly<Record<string, unknown>> = {
  zod: definePredictor({
    input: z.object({
      prompt: z.string().min(1).max(200).describe('What to draw'),
      image: file().optional().describe('Start from this'),
      guidance_scale: z.number().gt(0).lte(20).default(7.5),
      steps: z.int().min(1).max(100).default(20),
      scheduler: choices(['ddim', 'k-lms']).default('ddim').describe('Method'),
      size: choices([256, 512]),
      key: secret().optional(),
      seed: z.int().nullable().default(null),
      links: z.array(z.url()).optional(),
      old: z.boolean().optional().meta({ deprecated: true }),
    }),
    output: z.array(file()),
    *predict() {},
  }),

  'zod-structures': definePredictor({
    input: z.object({
      masks: z.array(file()),
      layers: z.record(z.string(), z.object({ image: file().nullable(), weight: z.number() })),
      either: z.union([file(), z.int()]),
      pair: z.tuple([z.string(), z.int()]),
      tree: Node,
      box: Box,
      boxes: z.array(Box).optional(),
      mode: z.enum(['a', 'b']).nullable(),
      modes: z.array(z.enum(['a', 'b'])),
      only: z.literal('x'),
      shape: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('dot') }),
        z.object({ kind: z.literal('line'), to: Box }),
      ]),
      anything: z.any(),
      strict: z.strictObject({ a: z.string().default('b') }),
      Status: z.enum(['on', 'off']),
    }),
    output: z.object({ boxes: z.array(Box), label: z.string().nullable(), best_mode: z.enum(['a', 'b']) }),
    predict: () => 1,
    trainInput: z.object({ rate: z.number().positive(), mode: z.enum(['slow', 'fast']) }),
    trainOutput: z.object({ weights: file() }),
    train: () => 1,
    streaming: false,
  }),

  valibot: definePredictor({
    input: toStandardJsonSchema(
      v.object({
        prompt: v.pipe(v.string(), v.minLength(1), v.description('What to draw')),
        steps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 20),
        scheduler: v.optional(v.picklist(['ddim', 'k-lms']), 'ddim'),
        link: v.optional(v.pipe(v.string(), v.url())),
        note: v.nullable(v.string()),
        when: v.optional(v.date()),
        code: v.optional(v.pipe(v.string(), v.regex(/^[a-z]+$/i))),
      }),
    ),
    output: toStandardJsonSchema(v.object({ text: v.string() })),
    predict: () => 1,
  }),

  arktype: definePredictor({
    input: type({
      prompt: type('string > 0').describe('What to draw'),
      steps: '1 <= number.integer <= 100 = 20',
      scheduler: "'ddim' | 'k-lms' = 'ddim'",
      'link?': 'string.url',
      note: 'string | null',
    }),
    output: type({ text: 'string' }),
    predict: () => 1,
  }),

  'json-schema': definePredictor({
    input: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $defs: { Box: { type: 'object', properties: { x: { type: 'integer' } } } },
      type: 'object',
      properties: {
        prompt: { type: 'string', minLength: 1, description: 'What to draw' },
        image: { type: 'string', format: 'uri' },
        steps: { type: 'integer', exclusiveMinimum: 0, default: 20 },
        scheduler: { enum: ['ddim', 'k-lms'], default: 'ddim' },
        strength: { type: ['number', 'null'] },
        width: { type: 'integer', nullable: true },
        scale: { type: 'number', maximum: Number.POSITIVE_INFINITY },
        size: { type: ['integer', 'string'], maximum: 9 },
        kind: { const: 'fixed' },
        box: { $ref: '#/$defs/Box', description: 'Where' },
        more: { $ref: '#/$defs/Box' },
        tags: { type: 'array' },
      },
      required: ['prompt', 'steps'],
      patternProperties: { '^x_': { type: 'string' } },
      additionalProperties: false,
    },
    output: { type: 'string' },
    predict: () => 1,
  }),

  undeclared: (input: object) => input,
};
