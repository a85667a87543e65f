// Compiled, never run: what definePredictor() infers without a single annotation.
import { type } from 'arktype';
import * as v from 'valibot';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import {
  choices,
  definePredictor,
  file,
  type PawlFile,
  type Scope,
  type Secret,
  secret,
} from '../../src/index.ts';

definePredictor({
  input: z.object({
    image: file().describe('Picture'),
    images: z.array(file()).optional(),
    scale: z.int().min(2).max(4).default(2),
    key: secret().optional(),
    mode: choices(['fast', 'exact']),
    size: choices([256, 512]).default(256),
    note: z.string().nullable(),
  }),
  output: file(),
  concurrency: 4,
  async setup({ weights }) {
    expectTypeOf(weights).toEqualTypeOf<string | null>();
    return { model: { run: (path: string) => path.length } };
  },
  async predict({ image, images, scale, key, mode, size, note }, scope) {
    expectTypeOf(image).toEqualTypeOf<PawlFile>();
    expectTypeOf(images).toEqualTypeOf<PawlFile[] | undefined>();
    expectTypeOf(scale).toEqualTypeOf<number>();
    expectTypeOf(key).toEqualTypeOf<Secret | undefined>();
    expectTypeOf(mode).toEqualTypeOf<'fast' | 'exact'>();
    expectTypeOf(size).toEqualTypeOf<256 | 512>();
    expectTypeOf(note).toEqualTypeOf<string | null>();
    expectTypeOf(scope.signal).toEqualTypeOf<AbortSignal>();
    // @ts-expect-error the state has no such member
    scope.state.tokenizer;
    return scope.state.model.run(image.path);
  },
});

// setup() without a parameter, and synchronous.
definePredictor({
  input: z.object({ prompt: z.string() }),
  setup() {
    return { words: ['a'] };
  },
  *predict({ prompt }, scope) {
    expectTypeOf(scope).toEqualTypeOf<Scope<{ words: string[] }>>();
    yield prompt;
  },
  healthcheck: () => true,
});

// No schema: any object. No setup: no state.
definePredictor({
  run(input, scope) {
    expectTypeOf(input).toEqualTypeOf<Record<string, unknown>>();
    expectTypeOf(scope.state).toEqualTypeOf<undefined>();
  },
});

definePredictor({
  input: { type: 'object', properties: { n: { type: 'integer' } } },
  predict(input) {
    expectTypeOf(input).toEqualTypeOf<Record<string, unknown>>();
  },
});

definePredictor({
  input: v.object({ n: v.optional(v.number(), 2) }),
  trainInput: type({ lr: 'number' }),
  predict({ n }) {
    expectTypeOf(n).toEqualTypeOf<number>();
  },
  async train({ lr }, scope) {
    expectTypeOf(lr).toEqualTypeOf<number>();
    expectTypeOf(scope.state).toEqualTypeOf<undefined>();
  },
});

// @ts-expect-error neither predict nor run
definePredictor({ input: z.object({}) });

// @ts-expect-error both
definePredictor({ predict: () => 1, run: () => 2 });

definePredictor({
  predict: () => 1,
  // @ts-expect-error a number is asked for
  concurrency: 'many',
});

// @ts-expect-error no such choice
choices(['a', 'b']).parse('a') === 'c';
