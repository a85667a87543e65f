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
  const pool = new Pool(clock);
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

describe('settled', () => {
  async function isSettled(promise: Promise<void>): Promise<boolean> {
    return await Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);
  }

  function finishing() {
    const ends = worker(0, 1);
    const { pool, withdraw } = poolOf(ends);
    pool.tryAcquire()?.run(request(), observer([]));
    return { end: ends[0] as SlotEnd, pool, withdraw };
  }

  it('does not wait for a prediction that still runs', async () => {
    const { pool } = finishing();
    expect(await isSettled(pool.settled(1_000))).toBe(true);
  });

  it('waits for the idle token of a prediction that has ended', async () => {
    const { end, pool } = finishing();
    end.succeed();
    const settled = pool.settled(1_000);
    expect(await isSettled(settled)).toBe(false);
    end.idle();
    await settled;
    expect(pool.available).toBe(1);
  });

  it('gives up after its time', async () => {
    const { end, pool } = finishing();
    end.succeed();
    const settled = pool.settled(1_000);
    clock.advance(1_000);
    await settled;
    expect(pool.available).toBe(0);
  });

  it('ends when the worker is lost', async () => {
    const { end, pool, withdraw } = finishing();
    end.succeed();
    const settled = pool.settled(1_000);
    withdraw[0]?.();
    await settled;
    expect(pool.capacity).toBe(0);
  });
});
