import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPredictor } from '../../../src/cli/predictor-reference.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-reference-'));
  mkdirSync(join(folder, 'model'));
  for (const name of [
    'predict.ts',
    'odd:name.js',
    'Upper.mjs',
    'model/index.ts',
    'types.d.ts',
    'notes.txt',
  ]) {
    writeFileSync(join(folder, name), '');
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const find = (name: string) => findPredictor(join(folder, name), 'predict', {});

describe('REF', () => {
  it.each([
    ['predict.ts', 'predict.ts', null],
    ['predict.ts:Predictor', 'predict.ts', 'Predictor'],
    ['odd:name.js', 'odd:name.js', null],
    ['odd:name.js:run', 'odd:name.js', 'run'],
  ])('reads %s', (text, path, exportName) => {
    expect(find(text)).toEqual({ path: join(folder, path), exportName });
  });

  it.each([
    ['predict.js', /names the file ".*predict\.js", which does not exist\. Did you mean .*predict\.ts\?$/],
    ['predict:Predictor', /Did you mean .*predict\.ts:Predictor\?$/],
    ['upper.mjs', /Did you mean .*Upper\.mjs\?$/],
    ['notes.ts', /which does not exist\.$/],
    ['types.ts', /which does not exist\.$/],
    ['none/predict.ts', /which does not exist\.$/],
    ['predict.ts/x.ts', /cannot be reached: ENOTDIR/],
    ['model', /names the directory ".*model"; name the predictor's file in it, as in .*model\/index\.ts\.$/],
    ['predict.ts:', /names no export after the colon/],
  ])('refuses %s', (text, message) => {
    expect(() => find(text)).toThrow(message);
  });

  it('comes from the variable of the mode when it is not given', () => {
    const environment = {
      COG_PREDICT_TYPE_STUB: `${join(folder, 'predict.ts')}:Predictor`,
      COG_TRAIN_TYPE_STUB: join(folder, 'Upper.mjs'),
    };
    expect(findPredictor(undefined, 'predict', environment).exportName).toBe('Predictor');
    expect(findPredictor(undefined, 'train', environment).path).toBe(join(folder, 'Upper.mjs'));
  });

  it('is missed by name when nothing gives it', () => {
    expect(() => findPredictor(undefined, 'train', {})).toThrow(/REF.*COG_TRAIN_TYPE_STUB/);
  });

  it('blames the variable for a file that the variable names', () => {
    expect(() => findPredictor(undefined, 'predict', { COG_PREDICT_TYPE_STUB: 'gone.py:Predictor' })).toThrow(
      /^COG_PREDICT_TYPE_STUB names the file "gone\.py"/,
    );
  });
});
