import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { currentScope, definePredictor } from '../../../../src/index.ts';
import { toPredictor } from '../../../../src/worker/model/forms.ts';

const load = (value: unknown, exportName = 'default') =>
  toPredictor(value, { file: 'predict.ts', exportName });
const scope = currentScope();
const input = z.object({ s: z.string() });

describe('a class', () => {
  class Predictor {
    static input = input;
    static output = z.array(z.string());
    static concurrency = 3;
    static streaming = false;
    static trainInput = z.object({ rate: z.number() });
    greeting = 'unset';

    async setup({ weights }: { weights: string | null }) {
      this.greeting = `hello from ${weights}`;
      return 'state';
    }

    async *predict({ s }: { s: string }) {
      yield `${this.greeting} ${s}`;
    }

    healthcheck() {
      return this.greeting !== 'unset';
    }

    train() {
      return this.greeting;
    }
  }

  it('is instantiated, and its methods have their this', async () => {
    const loaded = load(Predictor);
    expect(loaded.healthcheck?.()).toBe(false);
    expect(await loaded.setup?.({ weights: 'w' })).toBe('state');
    expect(loaded.healthcheck?.()).toBe(true);
    expect(loaded.train?.call({}, scope)).toBe('hello from w');
    const items: unknown[] = [];
    for await (const item of loaded.predict.call({ s: 'x' }, scope) as AsyncIterable<unknown>)
      items.push(item);
    expect(items).toEqual(['hello from w x']);
  });

  it('declares by statics', () => {
    expect(load(Predictor)).toMatchObject({
      concurrency: 3,
      streaming: false,
      predict: { name: 'predict', isAsync: true, isGenerator: true },
      train: { name: 'train', isAsync: false, output: null },
    });
    expect(load(Predictor).predict.output?.json).toMatchObject({ type: 'array' });
    expect(load(Predictor).train?.input?.json).toMatchObject({ required: ['rate'] });
  });

  it('declares by fields of its instances as well, behind its statics', () => {
    class ByField {
      static concurrency = 2;
      input = input;
      streaming = false;
      concurrency = 9;
      async run() {}
    }
    expect(load(ByField)).toMatchObject({
      concurrency: 2,
      streaming: false,
      predict: { name: 'run', isAsync: true },
    });
    expect(load(ByField).predict.input?.json).toMatchObject({ required: ['s'] });
  });

  it('inherits', () => {
    class Child extends Predictor {}
    expect(load(Child)).toMatchObject({ concurrency: 3, predict: { isGenerator: true } });
  });

  it('may have been compiled into a function', () => {
    function Old(this: { word: string }) {
      this.word = 'old';
    }
    Old.prototype.predict = function predict(this: { word: string }) {
      return this.word;
    };
    expect(load(Old).predict.call({}, scope)).toBe('old');
  });
});

describe('an object', () => {
  it('comes from definePredictor() or is plain', () => {
    const predict = async ({ s }: { s: string }) => s;
    for (const value of [
      definePredictor({ input, predict, concurrency: 2 }),
      { input, predict, concurrency: 2 },
    ]) {
      expect(load(value)).toMatchObject({
        concurrency: 2,
        streaming: true,
        train: null,
        setup: null,
        healthcheck: null,
      });
      expect(load(value).predict).toMatchObject({ name: 'predict', isAsync: true, isGenerator: false });
    }
  });

  it('is this of its methods', () => {
    const predictor = {
      word: 'own',
      predict() {
        return this.word;
      },
    };
    expect(load(predictor).predict.call({}, scope)).toBe('own');
  });
});

describe('a function', () => {
  it('is predict, and may carry schemas', () => {
    function* predict({ s }: { s: string }) {
      yield s;
    }
    expect(load(predict).predict).toMatchObject({
      input: null,
      output: null,
      isAsync: false,
      isGenerator: true,
    });
    const carrying = Object.assign(async () => 1, { input, concurrency: 4 });
    expect(load(carrying)).toMatchObject({ concurrency: 4, predict: { isAsync: true } });
    expect(load(carrying).predict.input?.json).toMatchObject({ required: ['s'] });
  });

  it('called train is that too, with the same schemas', () => {
    const train = Object.assign(() => 'trained', { input });
    expect(load(train, 'train').train?.call({}, scope)).toBe('trained');
    expect(load(train, 'train').train?.input?.json).toMatchObject({ required: ['s'] });
    expect(load(() => 1).train).toBeNull();
  });
});

describe('what is no predictor', () => {
  it.each<[string, unknown, string]>([
    [
      'both names',
      { predict() {}, run() {} },
      'the object in predict.ts (export default) has both predict() and run(), two names for one thing: keep one of them',
    ],
    [
      'neither',
      class Model {
        load() {}
      },
      'the class Model in predict.ts (export default) has neither predict() nor run(): give it one of them, and not as a static',
    ],
    [
      'only a static',
      class Model {
        static predict() {}

        load() {}
      },
      'has neither predict() nor run()',
    ],
    ['a predict that is a text', { predict: 'x' }, 'has a predict that is no function but "x"'],
    ['a setup that is an object', { predict() {}, setup: {} }, 'has a setup that is no function but {}'],
    [
      'no slots',
      { predict() {}, concurrency: 0 },
      'has concurrency 0: it is the number of slots, a positive integer',
    ],
    ['half a slot', { predict() {}, concurrency: 1.5 }, 'has concurrency 1.5'],
    ['slots as a text', { predict() {}, concurrency: '4' }, 'has concurrency "4"'],
    ['streaming as a text', { predict() {}, streaming: 'no' }, 'has streaming "no": it is true or false'],
    [
      'an input that is none',
      { predict() {}, input: 'text' },
      'input of predict.ts (export default) is no schema but string',
    ],
    [
      'an output that is none',
      { predict() {}, output: 3 },
      'output of predict.ts (export default) is no schema but number',
    ],
    [
      'a number',
      3,
      'predict.ts (export default) is a number, not a class, a function or an object with predict()',
    ],
  ])('is refused with a reason: %s', (_what, value, message) => {
    expect(() => load(value)).toThrow(expect.objectContaining({ code: 'PAWL_PREDICTOR_INVALID' }));
    expect(() => load(value)).toThrow(message);
  });

  it('tells a constructor that throws from that', () => {
    const cause = new TypeError('no weights');
    class Predictor {
      constructor() {
        throw cause;
      }
    }
    expect(() => load(Predictor)).toThrow(
      expect.objectContaining({
        code: 'PAWL_LOAD_FAILED',
        cause,
        message: expect.stringContaining('threw TypeError: no weights'),
      }),
    );
  });
});
