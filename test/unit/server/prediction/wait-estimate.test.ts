import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limit } from '../../../../src/limits.ts';
import { ServiceTimes } from '../../../../src/server/prediction/service-times.ts';
import { estimatedWaitMs, remainingMs } from '../../../../src/server/prediction/wait-estimate.ts';

describe('remainingMs', () => {
  it.each([
    ['has just begun', 0, 10, 10],
    ['is halfway', 4, 10, 6],
    ['should be over', 10, 10, 0],
    ['is late', 14, 10, 4],
    ['is of an unknown kind', 7, null, 7],
  ])('of one that %s', (_what, elapsed, typical, remaining) => {
    expect(remainingMs(elapsed, typical)).toBe(remaining);
  });
});

describe('estimatedWaitMs', () => {
  const load = (remaining: number[], aheadMs: number | null, slots = remaining.length) => ({
    slots,
    remainingMs: remaining,
    aheadMs,
  });

  it.each([
    ['the slot that is free first', 1, load([7, 3], null), 3],
    ['the second slot', 2, load([7, 3], 10), 7],
    ['the first slot again', 3, load([7, 3], 10), 13],
    ['its third turn', 6, load([7, 3], 10), 27],
    ['a slot that somebody ahead has just been given', 2, load([3], 10, 2), 10],
    ['nothing, where no worker is there', 1, load([], 10, 0), null],
    ['nothing, where nobody knows what those ahead take', 2, load([3], null), null],
  ])('waits for %s', (_what, position, of, expected) => {
    expect(estimatedWaitMs(position, of)).toBe(expected);
  });

  it('is what a simulation of the slots gives, where every prediction takes the typical time', () => {
    const situation = fc.record({
      typical: fc.integer({ min: 1, max: 1_000 }),
      elapsed: fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 8 }),
      position: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(situation, ({ typical, elapsed, position }) => {
        const remaining = elapsed.map((ms) => remainingMs(Math.min(ms, typical), typical));
        const ends = [...remaining];
        for (let ahead = 1; ahead < position; ahead++) {
          const soonest = ends.indexOf(Math.min(...ends));
          ends[soonest] = (ends[soonest] ?? 0) + typical;
        }
        expect(estimatedWaitMs(position, load(remaining, typical))).toBe(Math.min(...ends));
      }),
    );
  });
});

describe('service times', () => {
  it('are unknown before the first, and of each kind by itself', () => {
    const times = new ServiceTimes();
    expect(times.typicalMs).toEqual({ predict: null, train: null });
    times.record('predict', 30);
    expect(times.typicalMs).toEqual({ predict: 30, train: null });
    times.record('predict', 10);
    expect(times.typicalMs.predict).toBe(20);
  });

  it('are not moved by a few that hung or failed at once', () => {
    const times = new ServiceTimes();
    for (const ms of [100, 0, 110, 3_600_000, 90, 100, 1, 100]) times.record('predict', ms);
    expect(times.typicalMs.predict).toBe(97.5);
  });

  it('follow the newest ones', () => {
    const times = new ServiceTimes();
    for (let n = 0; n < limit('serviceTimesKept'); n++) times.record('train', 10);
    for (let n = 0; n < limit('serviceTimesKept'); n++) times.record('train', 50);
    expect(times.typicalMs.train).toBe(50);
  });
});
