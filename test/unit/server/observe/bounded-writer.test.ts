import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { limit } from '../../../../src/limits.ts';
import { BoundedWriter } from '../../../../src/server/observe/bounded-writer.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

const RETRY_MS = 20;

describe('the writer of the server log', () => {
  let clock: ManualClock;
  let written: string;
  let calls: number;
  /** Bytes that the reader takes before it stops. */
  let room: number;
  let failure: string | null;
  let dropped: number[];
  let writer: BoundedWriter;

  beforeEach(() => {
    clock = new ManualClock();
    written = '';
    calls = 0;
    room = Number.POSITIVE_INFINITY;
    failure = null;
    dropped = [];
    writer = new BoundedWriter({
      clock,
      bytesMax: 100,
      sleep: (ms) => clock.advance(ms),
      onDropped: (lines) => {
        dropped.push(lines);
        writer.write(`${lines} missing\n`);
      },
      write: (bytes) => {
        calls += 1;
        if (failure !== null) throw Object.assign(new Error(failure), { code: failure });
        if (room === 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' });
        const count = Math.min(room, bytes.length);
        room -= count;
        written += bytes.subarray(0, count).toString();
        return count;
      },
    });
  });

  it('writes the lines of one turn together, in order', async () => {
    writer.write('a\n');
    writer.write('b\n');
    expect(written).toBe('');
    await turn();
    expect([written, calls]).toEqual(['a\nb\n', 1]);
  });

  it('goes on where a write was taken in part, and when the reader is back', async () => {
    room = 3;
    writer.write('first\n');
    writer.write('second\n');
    await turn();
    expect(written).toBe('fir');
    clock.advance(RETRY_MS);
    expect(written).toBe('fir');
    room = 1000;
    clock.advance(RETRY_MS);
    expect(written).toBe('first\nsecond\n');
    writer.write('third\n');
    await turn();
    expect(written).toBe('first\nsecond\nthird\n');
  });

  it('drops what does not fit and tells the exact count in its place', async () => {
    room = 0;
    const line = (i: number) => `line ${String(i).padStart(4, '0')}\n`;
    for (let i = 0; i < 1000; i += 1) writer.write(line(i));
    await turn();
    room = 49;
    clock.advance(RETRY_MS);
    // More than half of the backlog is still there: too early to say anything.
    expect(dropped).toEqual([]);
    writer.write('late\n');
    room = 1000;
    clock.advance(RETRY_MS);
    const kept = Array.from({ length: 10 }, (_, i) => line(i)).join('');
    expect(written).toBe(`${kept}991 missing\n`);
    writer.write('after\n');
    await turn();
    expect(written).toBe(`${kept}991 missing\nafter\n`);
  });

  it('waits for its reader at the end, and no longer than its limit', () => {
    room = 0;
    writer.write('never read\n');
    const before = clock.monotonic();
    writer.flush();
    const waitedMs = clock.monotonic() - before;
    expect(waitedMs).toBeGreaterThanOrEqual(limit('serverLogFlushMs'));
    expect(waitedMs).toBeLessThan(limit('serverLogFlushMs') + 2 * RETRY_MS);
    room = 1000;
    writer.flush();
    expect(written).toBe('never read\n');
  });

  it('goes silent when nobody can read any more', async () => {
    failure = 'EPIPE';
    writer.write('a\n');
    await turn();
    for (let i = 0; i < 10; i += 1) writer.write('b\n');
    await turn();
    writer.flush();
    expect([calls, dropped, clock.pending]).toEqual([1, [], 0]);
  });
});
