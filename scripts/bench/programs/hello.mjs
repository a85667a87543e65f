// examples/hello in JavaScript.
import { definePredictor } from 'pawl';
import { z } from 'zod';

export default definePredictor({
  input: z.object({
    name: z.string().min(1).default('world').describe('Whom to greet'),
  }),
  output: z.string(),
  predict: ({ name }) => `Hello, ${name}!`,
});
