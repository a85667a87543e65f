import { describe, expect, it } from 'vitest';
import { asPredictionId } from '../../../src/protocol/ids.ts';
import { SlotBoard } from '../../../src/worker/slot-board.ts';

const id = asPredictionId('p1');

describe('SlotBoard', () => {
  it('shows the other thread what a slot carries', () => {
    const model = new SlotBoard();
    const io = new SlotBoard(model.buffer);
    expect({ run: io.run(3), id: io.id(3), isBusy: io.isBusy(3) }).toEqual({
      run: 0,
      id: null,
      isBusy: false,
    });
    const before = performance.now();
    model.begin(3, 7, id);
    expect({ run: io.run(3), id: io.id(3), isBusy: io.isBusy(3) }).toEqual({
      run: 7,
      id: 'p1',
      isBusy: true,
    });
    expect([io.carries(3, 7), io.carries(3, 6), io.carries(2, 7)]).toEqual([true, false, false]);
    expect(io.began(3) - before).toBeGreaterThanOrEqual(-0.01);
    expect(io.began(3) - before).toBeLessThan(10_000);
  });

  it('keeps the last prediction of a slot that is free again', () => {
    const board = new SlotBoard();
    board.begin(0, 1, id);
    expect(board.end(0, 1)).toBe(true);
    expect({ run: board.run(0), id: board.id(0), isBusy: board.isBusy(0) }).toEqual({
      run: 1,
      id: 'p1',
      isBusy: false,
    });
  });

  it('ends a run once, and no other', () => {
    const board = new SlotBoard();
    board.begin(0, 2, id);
    expect([board.end(0, 1), board.end(0, 2), board.end(0, 2)]).toEqual([false, true, false]);
  });

  it('refuses a second run of a busy slot', () => {
    const board = new SlotBoard();
    board.begin(0, 1, id);
    expect(() => board.begin(0, 2, id)).toThrow('slot 0 is busy already');
  });

  it('has room for the longest id in every slot', () => {
    const board = new SlotBoard();
    const longest = (slot: number) => asPredictionId(String(slot % 10).repeat(128));
    for (let slot = 0; slot < 1024; slot += 1) board.begin(slot, slot + 1, longest(slot));
    for (let slot = 0; slot < 1024; slot += 1) {
      expect([board.run(slot), board.id(slot)]).toEqual([slot + 1, longest(slot)]);
    }
  });

  it('is in the hands of one thread at a time', () => {
    const model = new SlotBoard();
    const io = new SlotBoard(model.buffer);
    expect([model.hold(), model.hold()]).toEqual(['held', 'no']);
    model.letGo();
    io.take();
    expect(model.hold()).toBe('soon');
    io.keep();
    io.take();
    expect(model.hold()).toBe('no');
    io.giveBack();
    expect(model.hold()).toBe('held');
  });
});
