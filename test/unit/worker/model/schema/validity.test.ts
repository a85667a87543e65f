// Asks a validator that is not ours whether the document is what it says to be: OpenAPI 3.0.
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { describePredictor } from '../../../../../src/worker/model/schema/document.ts';
import { load, PREDICTORS } from './predictors.ts';

const trained = { predict: () => 1, train: () => 1, trainInput: { type: 'object' } };
// It compiles the rules once.
const validator = new Validator();

it.each(Object.entries({ ...PREDICTORS, trained }))(
  'a validator of OpenAPI documents is content with that of %s',
  async (_name, predictor) => {
    const document = describePredictor(load(predictor), 'train');
    expect(await validator.validate(structuredClone({ ...document }))).toEqual({ valid: true });
    expect(validator.version).toBe('3.0');
  },
);

it('and not with one whose statuses are none', async () => {
  const paths = { '/': { get: { responses: { nothing: {} } } } };
  const document = { ...describePredictor(load(() => 1)), paths };
  expect((await validator.validate(structuredClone(document))).valid).toBe(false);
});
