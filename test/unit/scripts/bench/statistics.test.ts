import { describe, expect, it } from 'vitest';
import { median, percentile, ratioSpread, spread } from '../../../../scripts/bench/statistics.ts';

describe('statistics of rounds', () => {
  it('take the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('do not reorder what they are given', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('take the ratio inside a round, so that a slow moment of the machine does not show', () => {
    // The second round was ten times slower for both.
    expect(ratioSpread([200, 20, 220], [100, 10, 100])).toEqual({ median: 2, min: 2, max: 2.2 });
  });

  it('say how far apart the rounds were', () => {
    expect(spread([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
  });

  it('find a percentile of sorted values', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(percentile(hundred, 0.5)).toBe(51);
    expect(percentile(hundred, 0.99)).toBe(100);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});
