import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import { SlotQueue, type Waiter } from '../../../../src/server/slot/slot-queue.ts';
import { ScriptedSlots } from '../../../helpers/scripted-fleet.ts';

interface Named extends Waiter {
  readonly name: string;
}

function queueOf(slots: number, lengthMax: number, bytesMax = 1_000) {
  const pool = new ScriptedSlots(slots);
  const queue = new SlotQueue<Named>(pool, lengthMax, bytesMax);
  const started: string[] = [];
  const waiter = (name: string, bytes = 1): Named => ({
    name,
    bytes,
    start(permit) {
      started.push(name);
      permit.run(
        { id: asPredictionId(name), mode: 'predict', input: {}, files: [], context: {} },
        { onLog() {}, onOutput() {}, onMetric() {}, onUsage() {}, onEnd() {} },
      );
    },
  });
  const enter = (name: string, bytes = 1): Named => {
    const entered = waiter(name, bytes);
    queue.enter(entered);
    return entered;
  };
  /** The prediction that began as the nth ends. */
  const end = (index: number) =>
    pool.runs[index]?.end({ status: 'succeeded', output: 'value', predictMs: 1 });
  return { pool, queue, started, enter, end };
}

describe('the line for slots', () => {
  it('is passed by whoever finds a slot free, and served in the order of arrival', () => {
    const { queue, started, enter, end } = queueOf(1, 3);
    const [, b, c] = [enter('a'), enter('b'), enter('c')];
    expect([started, queue.length, queue.positionOf(b), queue.positionOf(c)]).toEqual([['a'], 2, 1, 2]);
    end(0);
    expect([started, queue.positionOf(b), queue.positionOf(c)]).toEqual([['a', 'b'], null, 1]);
    enter('d');
    end(1);
    end(2);
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets a waiter leave from its middle, and takes no slot for it', () => {
    const { pool, queue, started, enter, end } = queueOf(1, 3);
    const [, b, c] = [enter('a'), enter('b'), enter('c')];
    queue.leave(b);
    queue.leave(b);
    expect([queue.length, queue.positionOf(c)]).toEqual([1, 1]);
    end(0);
    end(1);
    expect([started, pool.available]).toEqual([['a', 'c'], 1]);
  });

  it('is served when a worker brings new slots', () => {
    const { pool, started, enter } = queueOf(0, 3);
    for (const name of ['a', 'b', 'c']) enter(name);
    pool.add(2);
    expect(started).toEqual(['a', 'b']);
  });

  it('knows who is ahead of whom', () => {
    const { queue, enter } = queueOf(1, 3);
    const [, b, c, d] = [enter('a'), enter('b'), enter('c'), enter('d')];
    expect(queue.ahead(d)).toEqual([b, c]);
    expect(queue.ahead(b)).toEqual([]);
  });
});

describe('room', () => {
  it('is there for as many as may wait, behind those that have a slot', () => {
    const { queue, enter, end } = queueOf(1, 2);
    const rooms = ['a', 'b', 'c', 'd'].map((name) => {
      const hasRoom = queue.hasRoom(1);
      if (hasRoom) enter(name);
      return hasRoom;
    });
    expect(rooms).toEqual([true, true, true, false]);
    end(0);
    expect(queue.hasRoom(1)).toBe(true);
  });

  it('is there for one more for each slot that has ended its prediction, without any queue', () => {
    const { pool, queue, started, enter, end } = queueOf(2, 0);
    pool.freeing = 'later';
    enter('a');
    enter('b');
    expect(queue.hasRoom(1)).toBe(false);
    end(0);
    expect(queue.hasRoom(1)).toBe(true);
    const c = enter('c');
    expect([queue.hasRoom(1), queue.length, queue.positionOf(c), started]).toEqual([
      false,
      0,
      null,
      ['a', 'b'],
    ]);
    pool.settle();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('ends with the bytes that may wait, but never for an empty queue', () => {
    const { queue, enter } = queueOf(1, 10, 100);
    enter('a', 5_000);
    expect(queue.hasRoom(5_000)).toBe(true);
    const b = enter('b', 60);
    expect([queue.hasRoom(40), queue.hasRoom(41)]).toEqual([true, false]);
    queue.leave(b);
    expect(queue.hasRoom(5_000)).toBe(true);
  });
});

it('serves in order, loses nobody and leaves no slot idle, whatever happens', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('enter' as const) },
    { weight: 3, arbitrary: fc.record({ end: fc.nat(5) }) },
    fc.record({ leave: fc.nat(5) }),
    fc.constant('settle' as const),
    fc.constant('add' as const),
  );
  const check = (slots: number, lengthMax: number, freeing: 'at once' | 'later', steps: unknown[]) => {
    const { pool, queue, started, enter, end } = queueOf(slots, lengthMax);
    pool.freeing = freeing;
    const waiting: Named[] = [];
    const expected: string[] = [];
    const running: number[] = [];
    let names = 0;
    // What the line must have started by now: as many as there are slots, the first ones first.
    const settle = () => {
      while (started.length > expected.length) {
        running.push(expected.length);
        expected.push(String(waiting.shift()?.name));
      }
      expect(started).toEqual(expected);
      expect(waiting.length === 0 || pool.available === 0).toBe(true);
      expect(queue.length).toBe(Math.max(0, waiting.length - pool.settling));
      expect(waiting.length).toBeLessThanOrEqual(names);
    };
    for (const what of steps) {
      if (what === 'enter' && queue.hasRoom(1)) {
        expect(waiting.length < lengthMax + pool.settling + pool.available).toBe(true);
        waiting.push(enter(String(names++)));
      } else if (what === 'add') pool.add(1);
      else if (what === 'settle' && pool.settling > 0) pool.settle();
      else if (typeof what === 'object' && what !== null && 'end' in what) {
        const index = running.splice(Number(what.end) % Math.max(1, running.length), 1)[0];
        if (index !== undefined) end(index);
      } else if (typeof what === 'object' && what !== null && 'leave' in what) {
        const [gone] = waiting.splice(Number(what.leave) % Math.max(1, waiting.length), 1);
        if (gone !== undefined) queue.leave(gone);
      }
      settle();
    }
  };
  fc.assert(
    fc.property(
      fc.nat(3),
      fc.nat(4),
      fc.constantFrom('at once' as const, 'later' as const),
      fc.array(step, { maxLength: 60 }),
      check,
    ),
    { numRuns: 500 },
  );
});
