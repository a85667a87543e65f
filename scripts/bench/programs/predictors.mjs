// What Pawl serves under measurement; predictors.py is the same for Cog's server.
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
