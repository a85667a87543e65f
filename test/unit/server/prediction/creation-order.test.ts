import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CreationOrder, type PageStart } from '../../../../src/server/prediction/creation-order.ts';

interface Entry {
  readonly number: number;
  readonly bytes: number;
  readonly isMine: boolean;
}

/** The same by sorting and filtering everything. */
function expected(kept: readonly Entry[], start: PageStart, count: number, bytesMax: number) {
  const mine = kept.filter(({ isMine }) => isMine).sort((a, b) => b.number - a.number);
  const isNewer = (entry: Entry) =>
    start === null
      ? false
      : 'newerThan' in start
        ? entry.number > start.newerThan
        : entry.number >= start.olderThan;
  const side =
    start !== null && 'newerThan' in start
      ? mine.filter(isNewer).reverse()
      : mine.filter((entry) => !isNewer(entry));
  let bytes = 0;
  let isFull = false;
  const page = side.filter((entry, index) => {
    bytes += entry.bytes;
    isFull ||= index >= count || (index > 0 && bytes > bytesMax);
    return !isFull;
  });
  page.sort((a, b) => b.number - a.number);
  const [newest, oldest] = [page[0]?.number ?? 0, page.at(-1)?.number ?? 0];
  return {
    entries: page,
    hasNewer: page.length > 0 && mine.some(({ number }) => number > newest),
    hasOlder: page.length > 0 && mine.some(({ number }) => number < oldest),
  };
}

describe('pages in the order of creation', () => {
  it('are what sorting everything gives, whatever was added and removed', () => {
    const entries = fc.array(fc.record({ bytes: fc.nat(5), isMine: fc.boolean(), isRemoved: fc.boolean() }), {
      maxLength: 200,
    });
    const number = fc.nat(210);
    const start = fc.oneof(
      fc.constant(null),
      number.map((olderThan) => ({ olderThan })),
      number.map((newerThan) => ({ newerThan })),
    );
    const count = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(entries, start, count, fc.nat(20), (all, from, length, bytes) => {
        const order = new CreationOrder<Entry>();
        const numbered = all.map((entry, index) => ({ ...entry, number: index + 1 }));
        for (const entry of numbered) order.add(entry);
        for (const entry of numbered) if (entry.isRemoved) order.remove(entry);
        const kept = numbered.filter(({ isRemoved }) => !isRemoved);
        const page = order.page(from, { count: length, bytes }, ({ isMine }) => isMine);
        expect(page).toEqual(expected(kept, from, length, bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('look at no more entries than they hold, however many are kept', () => {
    const order = new CreationOrder<Entry>();
    for (let number = 1; number <= 100_000; number++) order.add({ number, bytes: 0, isMine: true });
    let looks = 0;
    const page = order.page({ olderThan: 50_000 }, { count: 10, bytes: 0 }, () => ++looks > 0);
    expect(page.entries.map((entry) => entry.number)).toEqual(
      Array.from({ length: 10 }, (_, index) => 49_999 - index),
    );
    expect(looks).toBeLessThan(15);
  });
});
