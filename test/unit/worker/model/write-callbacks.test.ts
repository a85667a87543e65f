import { describe, expect, it } from 'vitest';
import { WriteCallbacks } from '../../../../src/worker/model/write-callbacks.ts';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('callbacks of write()', () => {
  it('are called later, in order, as often as they were given, without an error', async () => {
    const callbacks = new WriteCallbacks();
    const calls: unknown[] = [];
    const a = (...args: unknown[]) => calls.push(['a', ...args]);
    const b = (...args: unknown[]) => calls.push(['b', ...args]);
    for (const callback of [a, a, b, a, undefined, null]) callbacks.later(callback);
    expect(calls).toEqual([]);
    await tick();
    expect(calls).toEqual([
      ['a', null],
      ['a', null],
      ['b', null],
      ['a', null],
    ]);
    callbacks.later(a);
    await tick();
    expect(calls).toHaveLength(5);
  });

  it('take no memory for one that repeats', async () => {
    const callbacks = new WriteCallbacks();
    let calls = 0;
    const callback = () => {
      calls += 1;
    };
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1_000_000; i += 1) callbacks.later(callback);
    // A tick object each would be a hundred megabytes.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
    await tick();
    expect(calls).toBe(1_000_000);
  });
});
