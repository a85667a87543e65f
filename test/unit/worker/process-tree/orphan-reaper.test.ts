import { describe, expect, it } from 'vitest';
import { limit } from '../../../../src/limits.ts';
import { OrphanReaper } from '../../../../src/worker/process-tree/orphan-reaper.ts';
import type { ProcessEntry } from '../../../../src/worker/process-tree/process-entry.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

const WORKER = 10;
const ZOMBIE: ProcessEntry = {
  pid: 11,
  ppid: WORKER,
  startTicks: 1,
  isZombie: true,
  mark: null,
  isKept: false,
};

function setUp({ areStartsKnown = true, isStarted = false, forkers = [11] } = {}) {
  const clock = new ManualClock();
  const reaped: number[] = [];
  const reaper = new OrphanReaper(WORKER, {
    clock,
    reap: (pid) => reaped.push(pid) > 0,
    areStartsKnown: () => areStartsKnown,
    mainThreadChildren: () => new Set(forkers),
    isStarted: () => isStarted,
  });
  return { clock, reaped, reaper };
}

describe('a zombie below the worker', () => {
  it('is reaped at once when it had another parent before', () => {
    const { reaper, reaped } = setUp({ areStartsKnown: false, isStarted: true });
    reaper.observe([{ ...ZOMBIE, ppid: 12, isZombie: false }]);
    expect(reaper.observe([ZOMBIE])).toBe(false);
    expect(reaped).toEqual([11]);
  });

  it('is reaped when nobody started it and it stays one', () => {
    const { reaper, reaped, clock } = setUp();
    expect(reaper.observe([ZOMBIE])).toBe(true);
    clock.advance(limit('orphanReapMs') - 1);
    expect(reaper.observe([ZOMBIE])).toBe(true);
    expect(reaped).toEqual([]);
    clock.advance(1);
    expect(reaper.observe([ZOMBIE])).toBe(false);
    expect(reaped).toEqual([11]);
  });

  it.each([
    ['libuv started it', { isStarted: true }],
    ['another thread forked it', { forkers: [] }],
    ['a start is under way', { areStartsKnown: false }],
  ])('is left alone when %s', (_why, situation) => {
    const { reaper, reaped, clock } = setUp(situation);
    reaper.observe([ZOMBIE]);
    clock.advance(limit('orphanReapMs') * 2);
    reaper.observe([ZOMBIE]);
    expect(reaped).toEqual([]);
  });

  it('is not taken for an earlier one with the same pid', () => {
    const { reaper, reaped, clock } = setUp();
    reaper.observe([{ ...ZOMBIE, ppid: 12, isZombie: false }]);
    reaper.observe([]);
    reaper.observe([ZOMBIE]);
    clock.advance(limit('orphanReapMs'));
    reaper.observe([{ ...ZOMBIE, startTicks: 2 }]);
    expect(reaped).toEqual([]);
  });
});
