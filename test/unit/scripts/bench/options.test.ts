import { describe, expect, it } from 'vitest';
import { choose, readOptions } from '../../../../scripts/bench/options.ts';

describe('the command line of the benchmark', () => {
  it('measures everything in five rounds unless told otherwise', () => {
    expect(readOptions([])).toMatchObject({ only: null, peers: null, rounds: 5, base: null });
  });

  it('reads lists, rounds and a revision', () => {
    const args = ['--only', 'small, sse', '--peers', 'pawl,coglet', '--rounds', '2', '--base', 'HEAD~1'];
    expect(readOptions(args)).toMatchObject({
      only: ['small', 'sse'],
      peers: ['pawl', 'coglet'],
      rounds: 2,
      base: 'HEAD~1',
    });
  });

  it.each(['0', '-1', '1.5', 'many'])('refuses %s rounds', (rounds) => {
    expect(() => readOptions([`--rounds=${rounds}`])).toThrow('--rounds takes a positive integer');
  });

  it('names what there is where a name is unknown', () => {
    const all = [{ name: 'small' }, { name: 'sse' }];
    expect(choose('scenario', all, null)).toBe(all);
    expect(choose('scenario', all, ['sse'])).toEqual([{ name: 'sse' }]);
    expect(() => choose('scenario', all, ['sse', 'smal'])).toThrow('no scenario smal; there are small, sse');
  });
});
