import { describe, expect, it } from 'vitest';
import { describePredictor } from '../../../../../src/worker/model/schema/document.ts';
import { load, PREDICTORS } from './predictors.ts';

describe('the OpenAPI document', () => {
  it.each(Object.keys(PREDICTORS))('is the golden one: %s', async (name) => {
    const text = `${JSON.stringify(describePredictor(load(PREDICTORS[name])), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`golden/${name}.json`);
  });
});
