// What Pawl serves under measurement; predictors.py is the same for Cog's server.
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { definePredictor, file } from 'pawl';
import { z } from 'zod';

const text = z.object({ text: z.string() });

/** About 5 ms of arithmetic on the machine this was written on; every program counts to the same number. */
const CPU_STEPS = 5_000_000;

export const echo = definePredictor({ input: text, output: z.string(), predict: ({ text }) => text });

export const echoAsync = definePredictor({
  input: text,
  output: z.string(),
  predict: async ({ text }) => text,
});

export const sleep = definePredictor({
  input: text,
  output: z.string(),
  async predict({ text }) {
    await pause(20);
    return text;
  },
});

export const cpu = definePredictor({
  input: text,
  output: z.string(),
  async predict({ text }) {
    let sum = 0;
    for (let i = 0; i < CPU_STEPS; i++) sum = (sum + i) | 0;
    return sum === 1 ? '' : text;
  },
});

export const tokens = definePredictor({
  input: z.object({ count: z.int() }),
  output: z.array(z.string()),
  async *predict({ count }) {
    for (let i = 0; i < count; i++) yield `token ${i}`;
  },
});

export const fileOutput = definePredictor({
  input: z.object({ bytes: z.int() }),
  output: file(),
  predict: async ({ bytes }) => Buffer.alloc(bytes, 'pawl'),
});

export const json = definePredictor({
  input: z.object({ items: z.array(z.any()) }),
  output: z.array(z.any()),
  predict: async ({ items }) => items,
});

export const lines = definePredictor({
  input: z.object({ count: z.int() }),
  output: z.string(),
  predict({ count }) {
    for (let i = 0; i < count; i++) console.log(`step ${i} of the whole`);
    return 'done';
  },
});

export const subprocess = definePredictor({
  input: z.object({ count: z.int() }),
  output: z.string(),
  predict({ count }) {
    spawnSync('seq', ['-f', 'step %.0f of the whole', '0', String(count - 1)], { stdio: 'inherit' });
    return 'done';
  },
});

export const blocks = definePredictor({
  input: z.object({ count: z.int(), size: z.int(), pauseMs: z.int() }),
  output: z.array(z.string()),
  async *predict({ count, size, pauseMs }) {
    for (let block = 0; block < count; block++) {
      for (let i = 0; i < size; i++) {
        console.log('a line of the log');
        yield 'token';
      }
      await pause(pauseMs);
    }
  },
});

export const wait = definePredictor({
  input: text,
  output: z.string(),
  async predict({ text }, { signal }) {
    console.log('running');
    await pause(600_000, undefined, { signal });
    return text;
  },
});

export const spin = definePredictor({
  input: text,
  output: z.string(),
  predict({ text }) {
    console.log('running');
    while (text !== '') Math.sqrt(text.length);
    return text;
  },
});
