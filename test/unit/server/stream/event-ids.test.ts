import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventIds } from '../../../../src/server/stream/event-ids.ts';

describe('EventIds', () => {
  const ids = new EventIds('abc');

  it('reads back what it gave', () => {
    expect(ids.of(41)).toBe('abc-41');
    expect(ids.numberOf('abc-41', 42)).toBe(41);
    expect(ids.numberOf('abc-0', 42)).toBe(0);
  });

  it.each([
    '',
    'abc',
    'abc-',
    'abc-x',
    'abc-1x',
    'abc--1',
    'abc-01',
    'abc- 1',
    'abc-1e1',
    'abc-1.0',
    '41',
    'abc-42',
  ])('takes %j for an id it has not given', (id) => expect(ids.numberOf(id, 42)).toBeNull());

  it('does not know the ids of another stream', () => {
    expect(new EventIds().numberOf(new EventIds().of(0), 1)).toBeNull();
  });

  it('takes no text but its own for an id', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `abc-${rest}`),
      fc.integer().map((n) => `abc-${n}`),
    );
    const run = fc.property(text, fc.nat(50), (id, end) => {
      const number = ids.numberOf(id, end);
      if (number === null) return;
      expect(number).toBeLessThan(end);
      expect(ids.of(number)).toBe(id);
    });
    fc.assert(run, { numRuns: 1_000 });
  });
});
