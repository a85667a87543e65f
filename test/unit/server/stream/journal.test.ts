import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Journal } from '../../../../src/server/stream/journal.ts';

interface Entry {
  readonly number: number;
}

function journal(events: number, bytes = 1_000_000): Journal<Entry> {
  return new Journal<Entry>({ events, bytes });
}

function append(to: Journal<Entry>, count: number, bytes = 1): void {
  for (let i = 0; i < count; i++) to.append({ number: to.end }, bytes);
}

describe('Journal', () => {
  it('numbers events from 0 and keeps the newest of them', () => {
    const kept = journal(3);
    append(kept, 5);
    expect([kept.begin, kept.end, kept.bytes]).toEqual([2, 5, 3]);
    expect([2, 3, 4].map((number) => kept.at(number).number)).toEqual([2, 3, 4]);
  });

  it('keeps fewer where they hold more bytes, but always the newest', () => {
    const kept = journal(100, 10);
    append(kept, 5, 4);
    expect([kept.begin, kept.end, kept.bytes]).toEqual([3, 5, 8]);
    append(kept, 1, 5_000);
    expect([kept.begin, kept.end, kept.bytes]).toEqual([5, 6, 5_000]);
  });

  it('keeps what a reader on its way still needs, as far as the bytes allow', () => {
    const kept = journal(2, 50);
    append(kept, 4);
    kept.hold(2);
    append(kept, 40);
    expect(kept.begin).toBe(2);
    append(kept, 20);
    expect(kept.begin).toBe(kept.end - 50);
    kept.hold(Number.POSITIVE_INFINITY);
    expect(kept.begin).toBe(kept.end - 2);
  });

  it('shows a reader that comes no more than its bound, even where it holds more for another', () => {
    const kept = journal(2);
    kept.hold(0);
    append(kept, 10);
    expect([kept.begin, kept.replayFrom]).toEqual([0, 8]);
  });

  it('shows no past event with a bound of 0, except the last of all', () => {
    const kept = journal(0);
    append(kept, 3);
    expect(kept.replayFrom).toBe(3);
    kept.seal();
    expect(kept.replayFrom).toBe(2);
    expect(kept.at(2).number).toBe(2);
  });

  it('refuses numbers that it does not have, and events after its end', () => {
    const kept = journal(2);
    append(kept, 5);
    expect(() => kept.at(2)).toThrow('the journal has no event 2');
    expect(() => kept.at(5)).toThrow('the journal has no event 5');
    kept.seal();
    expect(() => kept.append({ number: 5 }, 1)).toThrow('sealed');
  });

  it('agrees with a plain list, whatever is appended and held', () => {
    const step = fc.oneof(
      fc.record({ append: fc.nat(40), bytes: fc.nat(30) }),
      fc.record({ hold: fc.option(fc.nat(300), { nil: Number.POSITIVE_INFINITY }) }),
    );
    const run = fc.property(fc.nat(20), fc.nat(400), fc.array(step), (events, bytes, steps) => {
      const kept = journal(events, bytes);
      const sizes: number[] = [];
      let held = Number.POSITIVE_INFINITY;
      for (const next of steps) {
        if ('hold' in next) {
          held = next.hold;
          kept.hold(held);
        } else {
          append(kept, next.append, next.bytes);
          for (let i = 0; i < next.append; i++) sizes.push(next.bytes);
        }
        const { begin, end } = kept;
        expect(end).toBe(sizes.length);
        expect(kept.bytes).toBe(sizes.slice(begin).reduce((sum, size) => sum + size, 0));
        for (let number = begin; number < end; number++) expect(kept.at(number).number).toBe(number);
        expect(kept.bytes <= bytes || begin >= end - 1).toBe(true);
        expect(begin >= Math.min(held, end - events, end - 1) || begin === 0).toBe(true);
      }
    });
    fc.assert(run, { numRuns: 300 });
  });
});
