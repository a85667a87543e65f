import { expect, it } from 'vitest';
import { Backlog, type Undelivered } from '../../../../src/server/webhook/backlog.ts';

function filled(countMax: number, bytesMax: number) {
  const backlog = new Backlog(countMax, bytesMax);
  const abandoned: string[] = [];
  const add = (name: string, bytes: number): Undelivered => {
    const end: Undelivered = {
      abandon: () => {
        abandoned.push(name);
        backlog.remove(end);
      },
    };
    backlog.add(end, bytes);
    return end;
  };
  return { backlog, abandoned, add };
}

it('gives up the oldest where there are too many', () => {
  const { abandoned, add, backlog } = filled(2, 1_000);
  for (const name of ['a', 'b', 'c']) add(name, 10);
  expect(abandoned).toEqual(['a']);
  expect(backlog.bytes).toBe(20);
});

it('gives up as many of the oldest as the newest needs', () => {
  const { abandoned, add, backlog } = filled(100, 1_000);
  for (const name of ['a', 'b', 'c']) add(name, 300);
  add('d', 500);
  expect(abandoned).toEqual(['a', 'b']);
  expect(backlog.bytes).toBe(800);
});

it('takes one that is larger than everything, alone', () => {
  const { abandoned, add, backlog } = filled(100, 1_000);
  add('a', 300);
  const end = add('huge', 5_000);
  expect(abandoned).toEqual(['a']);
  expect(backlog.hasRoomFor(0)).toBe(false);
  backlog.remove(end);
  expect(backlog.bytes).toBe(0);
});

it('counts reports, and lets them wait', () => {
  const { backlog, add, abandoned } = filled(100, 1_000);
  backlog.holdReport(900);
  expect([backlog.hasRoomFor(100), backlog.hasRoomFor(101)]).toEqual([true, false]);
  const end = add('a', 200);
  expect([abandoned, backlog.bytes]).toEqual([[], 1_100]);
  backlog.releaseReport(900);
  backlog.remove(end);
  backlog.remove(end);
  expect(backlog.bytes).toBe(0);
});
