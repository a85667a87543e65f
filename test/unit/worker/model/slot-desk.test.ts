import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../../../src/protocol/frame.ts';
import { asPredictionId, asSlotIndex } from '../../../../src/protocol/ids.ts';
import type { Predict } from '../../../../src/protocol/slot-messages.ts';
import { SlotDesk } from '../../../../src/worker/model/slot-desk.ts';
import { SharedState } from '../../../../src/worker/shared-state.ts';
import { SlotBoard } from '../../../../src/worker/slot-board.ts';
import type { ToIo } from '../../../../src/worker/thread-messages.ts';

const FIRST_SOCKET = 50;
const PROCESS = { stdout: 10, stderr: 11 };

function predict(run: number, id = 'p'): Predict {
  return {
    type: 'predict',
    id: asPredictionId(id),
    run,
    mode: 'predict',
    input: { in: 'message', value: {} },
    files: [],
    context: {},
  };
}

/** A desk with `slots` slots, and everything around it. */
function desk(slots = 1) {
  const shared = new SharedState();
  const board = new SlotBoard();
  const state = {
    full: new Set<number>(),
    isIoAsleep: true,
    tokenInside: 0,
    room: Number.POSITIVE_INFINITY,
    rest: 'goes',
  };
  const toIo: ToIo[] = [];
  const started: string[] = [];
  const written: string[] = [];
  const listeners: ((bytes: Buffer) => boolean)[] = [];
  const turns: (() => void)[] = [];
  const write = (fd: number, bytes: Buffer) => {
    if (state.room === 0) throw new Error('EAGAIN');
    const count = Math.min(bytes.length, state.room);
    written.push(`${fd - FIRST_SOCKET}> ${bytes.toString('utf8', 0, count)}`);
    return count;
  };
  const writeRest = (fd: number, bytes: Buffer) => {
    if (state.rest === 'stuck') throw new Error('nothing more within 30 s');
    written.push(`${fd - FIRST_SOCKET}>> ${bytes.toString()}`);
  };
  const tested = new SlotDesk({
    native: {
      hasBytes: (...fds) => fds.some((fd) => state.full.has(fd)),
      tokenInside: () => state.tokenInside,
    },
    shared,
    board,
    toIo: (message) => toIo.push(message),
    isIoAsleep: () => state.isIoAsleep,
    sockets: { listen: (_fd, onBytes) => void listeners.push(onBytes), write, writeRest },
    defer: (fn) => turns.push(fn),
    start: (slot, { run }) => started.push(`${slot} ${run}`),
  });
  const own =
    slots === 1 ? [] : Array.from({ length: slots }, (_, i) => ({ stdout: 20 + i, stderr: 40 + i }));
  tested.open(
    Array.from({ length: slots }, (_, i) => FIRST_SOCKET + i),
    PROCESS,
    own,
  );
  const receive = (text: string, slot = 0) => listeners[slot]?.(Buffer.from(text));
  const over = (slot: number, run: number, end = '{"end":1}\n', held = '') =>
    ({ type: 'end', slot: asSlotIndex(slot), run, end, held }) as const;
  /** One turn of the event loop; how many things were waiting for it. */
  const turn = () => {
    const due = turns.splice(0);
    for (const fn of due) fn();
    return due.length;
  };
  return { turn, tested, shared, board, state, toIo, started, written, receive, over };
}

describe('a prediction that needs nobody else', () => {
  it('begins and ends without a message to the I/O thread', () => {
    const { tested, board, toIo, started, written, receive, over } = desk();
    receive(encodeFrame(predict(1)));
    expect([started, board.carries(0, 1), board.id(0)]).toEqual([['0 1'], true, 'p']);
    tested.end(over(0, 1, '{"end":1}\n', '{"output":1}\n'), true);
    expect(written).toEqual(['0> {"output":1}\n{"end":1}\n']);
    expect(board.isBusy(0)).toBe(false);
    expect(toIo).toEqual([]);
    expect(board.hold()).toBe('held');
  });

  it('is read in pieces too', () => {
    const { started, receive } = desk();
    const line = Buffer.from(encodeFrame(predict(1, 'pieces')));
    receive(line.toString('utf8', 0, 10));
    receive(line.toString('utf8', 10));
    expect(started).toEqual(['0 1']);
  });

  it('ends in one write with others of the same moment', async () => {
    const { tested, toIo, started, written, receive, over } = desk(3);
    receive(`${encodeFrame(predict(1))}2 ${encodeFrame(predict(4))}`);
    expect(started).toEqual(['0 1', '2 4']);
    tested.end(over(2, 4), false);
    tested.end(over(0, 1), false);
    expect(written).toEqual([]);
    await Promise.resolve();
    expect(written).toEqual(['2> 2 {"end":1}\n0 {"end":1}\n']);
    expect(toIo).toEqual([]);
  });

  it('does not wait for code that may block', () => {
    const { tested, written, receive, over } = desk(2);
    receive(encodeFrame(predict(1)));
    tested.end(over(0, 1), false);
    tested.flush();
    expect(written).toEqual(['0> {"end":1}\n']);
  });
});

describe('a prediction begins by way of the I/O thread', () => {
  const arrived = [{ type: 'arrived', slot: 0, line: encodeFrame(predict(2)).trimEnd() }];
  type Desk = ReturnType<typeof desk>;
  const reasons: Record<string, (around: Desk) => void> = {
    'while that keeps the slots': ({ board }) => board.keep(),
    'where something is in a pipe': ({ state }) => state.full.add(PROCESS.stderr),
    'where it was canceled before it came': ({ shared }) => shared.cancel(0, 2),
    'where the slot is busy': ({ board }) => board.begin(0, 1, asPredictionId('other')),
    'where an interrupt may come': ({ state }) => Object.assign(state, { tokenInside: 5 }),
  };
  it.each(Object.entries(reasons))('%s', (_, prepare) => {
    const around = desk();
    prepare(around);
    around.receive(encodeFrame(predict(2)));
    expect([around.started, around.toIo]).toEqual([[], arrived]);
  });

  it('and starts once that says so', () => {
    const { tested, board, started, receive } = desk();
    board.keep();
    receive(encodeFrame(predict(2)));
    tested.begun(asSlotIndex(0), encodeFrame(predict(2)));
    expect(started).toEqual(['0 2']);
  });
});

describe('a prediction ends by way of the I/O thread', () => {
  type Desk = ReturnType<typeof desk>;
  const reasons: Record<string, (around: Desk) => void> = {
    'while that keeps the slots': ({ board }) => board.keep(),
    'where something is in a pipe': ({ state }) => state.full.add(PROCESS.stdout),
    'where it has started a subprocess': ({ shared }) => void shared.spawning({ slot: 0, run: 1 }),
    'where it has sent something before': ({ tested }) => tested.sendLine(asSlotIndex(0), '{"chunk":1}\n'),
    'where the socket takes nothing': ({ state }) => Object.assign(state, { room: 0 }),
    'where an interrupt may come': ({ state }) => Object.assign(state, { tokenInside: 5 }),
  };
  it.each(Object.entries(reasons))('%s', (_, prepare) => {
    const around = desk();
    around.receive(encodeFrame(predict(1)));
    prepare(around);
    const over = around.over(0, 1);
    around.tested.end(over, true);
    expect(around.written).toEqual([]);
    expect(around.toIo.at(-1)).toEqual(over);
    expect(around.board.isBusy(0)).toBe(true);
  });

  it('where it was canceled, or is large', () => {
    const { tested, toIo, receive, over } = desk();
    const canceled = { id: asPredictionId('p'), predictMs: 1, usage: null };
    receive(encodeFrame(predict(1)));
    tested.end({ ...over(0, 1), end: canceled }, true);
    const large = over(0, 1, '{}\n', `"${'x'.repeat(20_000)}"\n`);
    tested.end(large, true);
    expect(toIo).toEqual([{ ...over(0, 1), end: canceled }, large]);
  });
});

describe('while the I/O thread is on its way to sleep', () => {
  it('a prediction begins and ends a turn of the event loop later', () => {
    const { tested, state, toIo, started, written, receive, over, turn } = desk();
    state.isIoAsleep = false;
    receive(encodeFrame(predict(1)));
    turn();
    expect(started).toEqual([]);
    state.isIoAsleep = true;
    turn();
    expect(started).toEqual(['0 1']);
    state.isIoAsleep = false;
    tested.end(over(0, 1), true);
    expect(turn()).toBe(1);
    state.isIoAsleep = true;
    turn();
    expect([written, toIo, turn()]).toEqual([['0> {"end":1}\n'], [], 0]);
  });

  it('it is not waited for longer than a few turns', () => {
    const { tested, board, state, toIo, receive, over, turn } = desk();
    const types = () => toIo.map((message) => (typeof message === 'string' ? message : message.type));
    state.isIoAsleep = false;
    receive(encodeFrame(predict(1)));
    while (turn() > 0);
    expect(types()).toEqual(['arrived']);
    board.begin(0, 1, asPredictionId('p'));
    tested.begun(asSlotIndex(0), encodeFrame(predict(1)));
    tested.end(over(0, 1), true);
    while (turn() > 0);
    expect(types()).toEqual(['arrived', 'end']);
  });

  it('what is over does not wait where code comes that may block', () => {
    const { tested, state, toIo, receive, over, turn } = desk();
    receive(encodeFrame(predict(1)));
    state.isIoAsleep = false;
    tested.end(over(0, 1), true);
    tested.flush();
    expect(toIo).toEqual([over(0, 1)]);
    expect(turn()).toBe(1);
    expect(toIo).toHaveLength(1);
  });
});

describe('a slot socket', () => {
  it('that takes a part gets the rest', () => {
    const { tested, written, receive, state, over } = desk();
    receive(encodeFrame(predict(1)));
    state.room = 3;
    tested.end(over(0, 1, '{"é":1}\n'), true);
    expect(written.map((text) => text.slice(0, 2))).toEqual(['0>', '0>']);
    expect(written.at(-1)).toBe('0>> \u{fffd}":1}\n');
  });

  it('that never takes the rest is lost, and what was begun there is sent by nobody else', () => {
    const { tested, board, toIo, receive, state, over } = desk();
    receive(encodeFrame(predict(1)));
    state.room = 3;
    state.rest = 'stuck';
    tested.end(over(0, 1), true);
    expect(toIo).toEqual([{ type: 'slot_lost', message: 'nothing more within 30 s' }]);
    expect(board.hold()).toBe('held');
  });

  it('that brings something else is lost, and not read any more', () => {
    const { toIo, receive } = desk();
    expect(receive('{"type":"nonsense"}\n')).toBe(false);
    expect(receive('7 {"type":"predict"}\n')).toBe(false);
    expect(toIo.map((message) => (typeof message === 'string' ? message : message.type))).toEqual([
      'slot_lost',
      'slot_lost',
    ]);
  });
});
