// The document of predictors as `pawl schema` prints it, before a validator that is not ours.
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { runPawl } from '../helpers/run-pawl.ts';

const TWINS = ['Echo', 'Items', 'Files', 'Secrets', 'Context'];
const validator = new Validator();

it.each([
  ...TWINS.map((name) => `test/fixtures/twins/twins.mjs:${name}`),
  'test/fixtures/predictors/shapes.ts',
  'test/fixtures/predictors/files.ts',
  'test/fixtures/predictors/trains.ts',
])('%s has a valid document', async (reference) => {
  const { code, stdout } = await runPawl(['schema', reference]);
  expect(code).toBe(0);
  expect(await validator.validate(JSON.parse(stdout))).toEqual({ valid: true });
});
