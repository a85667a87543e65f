import { describe, expect, it } from 'vitest';
import { asPredictionId, asSlotIndex } from '../../../../src/protocol/ids.ts';
import { Standby } from '../../../../src/worker/io/standby.ts';
import { SlotBoard } from '../../../../src/worker/slot-board.ts';

function standby() {
  const board = new SlotBoard();
  const heard: string[] = [];
  const state = { isSettled: true };
  const slots = [0, 1].map((number) => {
    const index = asSlotIndex(number);
    return {
      index,
      get isBusy() {
        return board.isBusy(index);
      },
    };
  });
  const parts = {
    board,
    slots,
    adopt: ({ index }: { index: number }) => heard.push(`adopt ${index}`),
    leave: ({ index }: { index: number }) => heard.push(`leave ${index}`),
    isSettled: () => state.isSettled,
  };
  /** What the model thread would find. */
  const isFree = () => {
    const isHeld = board.hold();
    if (isHeld) board.letGo();
    return isHeld;
  };
  return { board, heard, state, isFree, standby: new Standby(parts) };
}

describe('Standby', () => {
  it('has the slots while something is done, and gives them back where nothing is left of it', () => {
    const { standby: tested, isFree } = standby();
    const seen: boolean[] = [];
    tested.whileTaken(() => seen.push(isFree()));
    expect([...seen, isFree()]).toEqual([false, true]);
  });

  it('keeps them until everything is settled', () => {
    const { standby: tested, isFree, state } = standby();
    state.isSettled = false;
    tested.whileTaken(() => {});
    tested.offer();
    expect(isFree()).toBe(false);
    state.isSettled = true;
    tested.offer();
    expect(isFree()).toBe(true);
  });

  it('takes up the runs that began without it, once, and leaves those that may end without it', () => {
    const { standby: tested, board, heard, state } = standby();
    board.begin(1, 1, asPredictionId('p'));
    state.isSettled = false;
    tested.whileTaken(() => {});
    tested.whileTaken(() => {});
    expect(heard).toEqual(['adopt 1']);
    state.isSettled = true;
    tested.offer();
    expect(heard).toEqual(['adopt 1', 'leave 1']);
  });

  it('gives nothing back that it has not taken', () => {
    const { standby: tested, board } = standby();
    expect(board.hold()).toBe(true);
    tested.offer();
    expect(board.hold()).toBe(false);
  });
});
