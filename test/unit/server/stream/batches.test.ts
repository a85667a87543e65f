import { describe, expect, it } from 'vitest';
import { Batches } from '../../../../src/server/stream/batches.ts';
import { Journal } from '../../../../src/server/stream/journal.ts';

interface Entry {
  readonly text: string;
}

function setUp(charsMax = 10) {
  const journal = new Journal<Entry>({ events: 1_000, bytes: 1_000_000 });
  const encoded: number[] = [];
  const text = (number: number, { text }: Entry) => {
    encoded.push(number);
    return text;
  };
  return {
    encoded,
    batches: new Batches(journal, { text, bytes: (whole: string) => Buffer.from(whole) }, charsMax),
    append: (...texts: string[]) => texts.forEach((text) => void journal.append({ text }, 1)),
  };
}

describe('Batches', () => {
  it('ends a batch with the event that reaches the size, or with the newest', () => {
    const { batches, append } = setUp();
    append('aaaa', 'bbbb', 'cccc', 'dddd');
    const first = batches.from(0);
    expect(first).toEqual({ bytes: Buffer.from('aaaabbbbcccc'), next: 3 });
    expect(batches.from(first.next)).toEqual({ bytes: Buffer.from('dddd'), next: 4 });
  });

  it('makes a batch of one event that is larger by itself', () => {
    const { batches, append } = setUp();
    append('é'.repeat(50), 'b');
    expect(batches.from(0)).toEqual({ bytes: Buffer.from('é'.repeat(50)), next: 1 });
  });

  it('encodes an event once for all who read at the same place', () => {
    const { batches, append, encoded } = setUp();
    append('a', 'b');
    const batch = batches.from(0);
    expect(batches.from(0).bytes).toBe(batch.bytes);
    append('c');
    expect(batches.from(2).bytes).toBe(batches.from(2).bytes);
    expect(encoded).toEqual([0, 1, 2]);
  });

  it('keeps sharing what somebody still holds', async () => {
    const { batches, append, encoded } = setUp(1);
    append(...Array.from({ length: 300 }, (_, i) => `event ${i}`));
    const held = Array.from({ length: 300 }, (_, i) => batches.from(i));
    await new Promise((resolve) => setImmediate(resolve));
    held.forEach(({ bytes }, i) => void expect(batches.from(i).bytes).toBe(bytes));
    expect(encoded).toHaveLength(300);
  });
});
