import { describe, expect, it } from 'vitest';
import { definePredictor } from '../../../../src/index.ts';
import { findExport } from '../../../../src/worker/model/load-export.ts';

const predict = () => 1;
class Predictor {
  predict() {}
}
const find = (module: Record<string, unknown>, name: string | null = null) =>
  findExport(module, name, 'predict.ts');

describe('without a name', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['default before all', { predict, Runner: Predictor, Predictor, default: predict }, 'default'],
    ['then Predictor', { predict, Runner: Predictor, Predictor }, 'Predictor'],
    ['then Runner', { predict, Runner: Predictor }, 'Runner'],
    ['then predict', { other: predict, predict }, 'predict'],
    ['the first that can be one', { default: { title: 'settings' }, Predictor }, 'Predictor'],
  ])('takes %s', (_what, module, name) => {
    expect(find(module)).toEqual({ name, value: module[name] });
  });

  it('unwraps CommonJS', () => {
    const compiled = Object.defineProperty({ default: Predictor, predict }, '__esModule', { value: true });
    expect(find({ default: compiled, __esModule: true })).toEqual({ name: 'default', value: Predictor });
    const exports = { predict, concurrency: 2 };
    expect(find({ default: exports, 'module.exports': exports })).toEqual({
      name: 'default',
      value: exports,
    });
    expect(find({ default: { Predictor } })).toEqual({ name: 'Predictor', value: Predictor });
  });
});

describe('with a name', () => {
  it('takes that export and no other', () => {
    expect(find({ default: predict, Small: Predictor }, 'Small')).toEqual({
      name: 'Small',
      value: Predictor,
    });
    expect(() => find({ default: predict }, 'Small')).toThrow(
      'predict.ts has no export Small. It exports default (a function). Name one of them after the file: predict.ts:NAME',
    );
  });

  it('takes no part of a predictor for an export', () => {
    expect(() => find({ default: definePredictor({ predict }) }, 'predict')).toThrow(/has no export predict/);
    expect(() => find({ default: { predict, input: {} } }, 'predict')).toThrow(/has no export predict/);
  });

  it('finds what only the running CommonJS module knows', () => {
    expect(find({ default: { small: Predictor } }, 'small').value).toBe(Predictor);
  });
});

describe('nothing usable', () => {
  it('lists what there is', () => {
    const module = { config: {}, names: ['a'], none: null, Model: class {} };
    expect(() => find({ ...module })).toThrow(
      /^predict\.ts exports no predictor: none of default, Predictor, Runner, predict is .* It exports config \(an object\), names \(a list\), none \(null\), Model \(a class\)\. Export one, or name another: predict\.ts:NAME$/,
    );
    expect(() => find({})).toThrow(/It exports nothing\.$/);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`n${index}`, index]));
    expect(() => find(many)).toThrow(/ and 10 more\./);
  });
});
