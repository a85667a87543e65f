import { describe, expect, it } from 'vitest';
import { asWorkerIndex } from '../../../../src/protocol/ids.ts';
import { Pool } from '../../../../src/server/slot/pool.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { OwnerStub, observer, request, SlotEnd } from './slot-harness.ts';

const clock = new ManualClock();

function worker(index: number, slots: number): SlotEnd[] {
  const owner = Object.assign(new OwnerStub(clock), { index: asWorkerIndex(index) });
  return Array.from({ length: slots }, (_, slot) => new SlotEnd(owner, slot));
}

function poolOf(...workers: SlotEnd[][]) {
  const pool = new Pool();
  const withdraw = workers.map((ends) => pool.add(ends.map(({ slot }) => slot)));
  return { pool, withdraw };
}

describe('slot pool', () => {
  it('hands out the slots of the least busy worker, then none', () => {
    const { pool } = poolOf(worker(0, 2), worker(1, 2));
    const taken = Array.from({ length: 5 }, () => pool.tryAcquire());
    expect(taken.map((permit) => permit && `${permit.worker}/${permit.slot}`)).toEqual([
      '0/0',
      '1/0',
      '0/1',
      '1/1',
      null,
    ]);
    expect([pool.capacity, pool.available]).toEqual([4, 0]);
  });

  it('takes a released slot back', () => {
    const { pool } = poolOf(worker(0, 1));
    pool.tryAcquire()?.release();
    expect(pool.available).toBe(1);
    expect(pool.tryAcquire()).not.toBeNull();
  });

  it('forgets the slots of a worker that leaves, also those that are free later', () => {
    const ends = worker(0, 2);
    const { pool, withdraw } = poolOf(ends);
    const permit = pool.tryAcquire();
    withdraw[0]?.();
    expect([pool.capacity, pool.available]).toEqual([0, 0]);
    permit?.release();
    expect([pool.capacity, pool.available]).toEqual([0, 0]);
  });
});

describe('a slot that has ended its prediction', () => {
  function finishing() {
    const ends = worker(0, 1);
    const { pool, withdraw } = poolOf(ends);
    let freed = 0;
    pool.onFree(() => freed++);
    pool.tryAcquire()?.run(request(), observer([]));
    return { end: ends[0] as SlotEnd, pool, withdraw, freed: () => freed };
  }

  it('settles until its idle token comes, and is told of then', () => {
    const { end, pool, freed } = finishing();
    expect([pool.settling, pool.available, freed()]).toEqual([0, 0, 0]);
    end.succeed();
    expect([pool.settling, pool.available, freed()]).toEqual([1, 0, 0]);
    end.idle();
    expect([pool.settling, pool.available, freed()]).toEqual([0, 1, 1]);
  });

  it('is free at once where the idle token came first', () => {
    const { end, pool, freed } = finishing();
    end.idle();
    end.succeed();
    expect([pool.settling, pool.available, freed()]).toEqual([0, 1, 1]);
  });

  it('is no longer expected once its worker is lost', () => {
    const { end, pool, withdraw } = finishing();
    end.succeed();
    withdraw[0]?.();
    expect([pool.settling, pool.capacity]).toEqual([0, 0]);
  });
});

it('tells of the slots of a new worker', () => {
  const pool = new Pool();
  let freed = 0;
  pool.onFree(() => freed++);
  pool.add(worker(0, 2).map(({ slot }) => slot));
  expect([pool.available, freed]).toEqual([2, 1]);
});
