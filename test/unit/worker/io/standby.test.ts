import { describe, expect, it } from 'vitest';
import { asPredictionId, asSlotIndex } from '../../../../src/protocol/ids.ts';
import { Standby } from '../../../../src/worker/io/standby.ts';
import { SlotBoard } from '../../../../src/worker/slot-board.ts';

function standby() {
  const board = new SlotBoard();
  const heard: string[] = [];
  const state = { isEngaged: false, isSending: false };
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
    isEngaged: () => state.isEngaged,
    isSending: () => state.isSending,
  };
  /** What the model thread would find. */
  const found = () => {
    const held = board.hold();
    if (held === 'held') board.letGo();
    return held;
  };
  return { board, heard, state, found, standby: new Standby(parts) };
}

describe('Standby', () => {
  it('has the slots while something is done, and gives them back where nothing is left of it', () => {
    const { standby: tested, found } = standby();
    const seen: string[] = [];
    tested.whileTaken(() => seen.push(found()));
    expect([...seen, found()]).toEqual(['soon', 'held']);
  });

  it('keeps them until everything is settled', () => {
    const { standby: tested, found, state } = standby();
    state.isEngaged = true;
    tested.whileTaken(() => {});
    expect(found()).toBe('no');
    tested.whileTaken(() => {});
    expect(found()).toBe('no');
    state.isEngaged = false;
    tested.offer();
    expect(found()).toBe('held');
  });

  it('keeps them for a moment while something is being sent', () => {
    const { standby: tested, found, state } = standby();
    state.isSending = true;
    tested.whileTaken(() => {});
    expect(found()).toBe('soon');
    state.isSending = false;
    tested.offer();
    expect(found()).toBe('held');
  });

  it('takes up the runs that began without it, once, and leaves those that may end without it', () => {
    const { standby: tested, board, heard, state } = standby();
    board.begin(1, 1, asPredictionId('p'));
    state.isEngaged = true;
    tested.whileTaken(() => {});
    tested.whileTaken(() => {});
    expect(heard).toEqual(['adopt 1']);
    state.isEngaged = false;
    tested.offer();
    expect(heard).toEqual(['adopt 1', 'leave 1']);
  });

  it('gives nothing back that it has not taken', () => {
    const { standby: tested, board } = standby();
    expect(board.hold()).toBe('held');
    tested.offer();
    expect(board.hold()).toBe('no');
  });
});
