import { describe, expect, it } from 'vitest';
import { limit } from '../../../src/limits.ts';
import { readCarried } from '../../../src/protocol/carried.ts';
import { asSlotIndex } from '../../../src/protocol/ids.ts';
import { type Carrier, Outbox } from '../../../src/protocol/outbox.ts';

/** Slots that write down what goes out on their sockets, and the end of the turn at will. */
function world() {
  const sent: string[] = [];
  const due: (() => void)[] = [];
  const outbox = new Outbox((fn) => void due.push(fn));
  const carrier = (number: number): Carrier => ({
    index: asSlotIndex(number),
    write: (lines, onTaken) => {
      sent.push(`on ${number}: ${lines}`);
      onTaken?.();
    },
  });
  const endTurn = () => {
    for (const fn of due.splice(0)) fn();
  };
  return { outbox, carrier, sent, endTurn };
}

describe('Outbox', () => {
  it('sends at once what is under way alone', () => {
    const { outbox, carrier, sent } = world();
    outbox.send(carrier(3), ['{"a":1}\n', '{"a":2}\n'], true);
    expect(sent).toEqual(['on 3: {"a":1}\n{"a":2}\n']);
  });

  it('sends what came in one turn in one write, each line with the number of its slot, in order', () => {
    const { outbox, carrier, sent, endTurn } = world();
    outbox.send(carrier(3), ['{"a":1}\n', '{"a":2}\n'], false);
    outbox.send(carrier(11), ['{"b":1}\n'], false);
    // Nothing overtakes what waits.
    outbox.send(carrier(0), ['{"c":1}\n'], true);
    expect(sent).toEqual([]);
    endTurn();
    expect(sent).toEqual(['on 3: 3 {"a":1}\n3 {"a":2}\n11 {"b":1}\n0 {"c":1}\n']);
    endTurn();
    expect(sent).toHaveLength(1);
  });

  it('sends what stayed alone in its turn as it is, and begins anew with the next turn', () => {
    const { outbox, carrier, sent, endTurn } = world();
    for (const slot of [1, 2]) {
      outbox.send(carrier(slot), ['{}\n'], false);
      endTurn();
    }
    expect(sent).toEqual(['on 1: {}\n', 'on 2: {}\n']);
  });

  it('lets large lines go on their own socket, without waiting', () => {
    const { outbox, carrier, sent, endTurn } = world();
    const large = `{"a":"${'x'.repeat(limit('carriedBytesMax'))}"}\n`;
    outbox.send(carrier(1), ['{}\n'], false);
    outbox.send(carrier(2), [large], false);
    expect(sent).toEqual([`on 2: ${large}`]);
    endTurn();
    expect(sent[1]).toBe('on 1: {}\n');
  });

  it('tells everybody when the kernel has their lines', () => {
    const { outbox, carrier, endTurn } = world();
    const taken: number[] = [];
    for (const slot of [1, 2]) outbox.send(carrier(slot), ['{}\n'], false, () => taken.push(slot));
    expect(taken).toEqual([]);
    endTurn();
    expect(taken).toEqual([1, 2]);
  });

  it('sends what waits when it is told that the turn will not end', () => {
    const { outbox, carrier, sent, endTurn } = world();
    outbox.send(carrier(1), ['{}\n'], false);
    outbox.flush();
    endTurn();
    expect(sent).toEqual(['on 1: {}\n']);
  });
});

describe('readCarried', () => {
  it.each([
    ['3 {"type":"x"}', { slot: 3, line: '{"type":"x"}' }],
    ['127 {}', { slot: 127, line: '{}' }],
  ])('takes the slot off %s', (line, carried) => {
    expect(readCarried(line)).toEqual(carried);
  });

  it.each(['{"type":"x"}', '{}', '', '3', '3 ', '-1 {}', '1.5 {}', ' {}', '3  {}', 'x {}', '12345678 {}'])(
    'leaves %j to its own slot',
    (line) => {
      expect(readCarried(line)).toBeNull();
    },
  );
});
