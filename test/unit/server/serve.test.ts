import { describe, expect, it } from 'vitest';
import { serve } from '../../../src/server/serve.ts';

// Each of these is refused before anything is opened or started.
describe('serve() refuses', () => {
  it.each([
    ['a predictor that does not exist', { predictor: './no-such-file.ts' }, /no-such-file/],
    ['an option nobody knows', { predictor: 'package.json', wrokers: 2 }, /no option wrokers/],
    ['a value the flag would not take', { predictor: 'package.json', workers: 0 }, /--workers/],
    ['a time that is none', { predictor: 'package.json', setupTimeout: Number.NaN }, /--setup-timeout/],
    [
      'a word that is none of its kind',
      Object.assign({ predictor: 'package.json' }, { restart: 'maybe' }),
      /--restart/,
    ],
  ] as const)('%s', async (_name, options, message) => {
    // As a caller without types would.
    const untyped: object = options;
    await expect(serve(untyped)).rejects.toMatchObject({
      code: 'PAWL_USAGE',
      message: expect.stringMatching(message),
    });
  });
});
