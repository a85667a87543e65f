import { describe, expect, it } from 'vitest';
import { wholeAnswer } from '../../../../scripts/bench/load/connection.ts';
import { Schedule } from '../../../../scripts/bench/load/schedule.ts';

describe('the schedule of an open loop', () => {
  it('gives each request once, with the moment it was due and not the one it was taken at', () => {
    const schedule = new Schedule(1_000, 100, 0.05);
    expect(schedule.total).toBe(5);
    expect(schedule.take(999)).toEqual([]);
    expect(schedule.nextMs).toBe(1_000);
    expect(schedule.take(1_000)).toEqual([1_000]);
    // A generator that was held up sends what it missed, and the latency of each counts from then.
    expect(schedule.take(1_035)).toEqual([1_010, 1_020, 1_030]);
    expect(schedule.isOver).toBe(false);
    expect(schedule.take(9_999)).toEqual([1_040]);
    expect(schedule.isOver).toBe(true);
    expect(schedule.take(99_999)).toEqual([]);
    expect(schedule.nextMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('keeps its rate over a whole run', () => {
    const schedule = new Schedule(0, 7_000, 2);
    const due: number[] = [];
    for (let now = 0; !schedule.isOver; now += 1.3) due.push(...schedule.take(now));
    expect(due).toHaveLength(14_000);
    expect(due.at(-1)).toBeCloseTo(2_000 - 1_000 / 7_000, 6);
  });

  it('has one request at least', () => {
    expect(new Schedule(0, 0.1, 1).total).toBe(1);
  });
});

describe('an answer that has arrived', () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx: y\r\n\r\nhello';
  const chunked = 'HTTP/1.1 409 Conflict\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';

  it.each([
    [answer, 200],
    [chunked, 409],
  ])('is whole with its last byte and not before', (text, status) => {
    expect(wholeAnswer(Buffer.from(text))).toBe(status);
    for (let length = 0; length < text.length; length++) {
      expect(wholeAnswer(Buffer.from(text.slice(0, length)))).toBeNull();
    }
  });
});
