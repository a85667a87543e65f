import { expect, it } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import { Lanes } from '../../../src/base/lanes.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('runs so many tasks at a time, in order, whatever becomes of them', async () => {
  const lanes = new Lanes(2);
  const started: number[] = [];
  const ends = [1, 2, 3, 4].map(() => deferred());
  const runs = ends.map((end, index) =>
    lanes.run(async () => {
      started.push(index);
      await end.promise;
      return index;
    }),
  );
  const outcomes = Promise.allSettled(runs);
  await turn();
  expect(started).toEqual([0, 1]);
  ends[1]?.reject(new Error('failed'));
  await turn();
  expect(started).toEqual([0, 1, 2]);
  for (const end of ends) end.resolve();
  expect((await outcomes).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect(await lanes.run(async () => 'free again')).toBe('free again');
});
