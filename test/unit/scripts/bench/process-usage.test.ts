import { describe, expect, it } from 'vitest';
import { cpuSince } from '../../../../scripts/bench/process-usage.ts';

describe('the CPU time of several processes', () => {
  it('is what each used since, those that came meanwhile included', () => {
    const before = new Map([
      [1, 100],
      [2, 50],
    ]);
    const now = new Map([
      [1, 130],
      [2, 51],
      [3, 7],
    ]);
    expect(cpuSince(before, now)).toBe(38);
  });

  it('is never less than nothing where one has ended', () => {
    expect(cpuSince(new Map([[1, 5_000]]), new Map([[2, 10]]))).toBe(10);
    expect(cpuSince(new Map([[1, 5_000]]), new Map([[1, 0]]))).toBe(0);
  });
});
