import { beforeEach, describe, expect, it } from 'vitest';
import { Presence } from '../../../../src/server/stream/presence.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

describe('Presence', () => {
  let clock: ManualClock;
  let abandoned: number;
  const presence = (graceMs = 100) => new Presence(clock, graceMs, () => (abandoned += 1));

  beforeEach(() => {
    clock = new ManualClock();
    abandoned = 0;
  });

  it('waits for the first reader as long as for one that left', () => {
    presence();
    clock.advance(99);
    expect(abandoned).toBe(0);
    clock.advance(1);
    expect(abandoned).toBe(1);
  });

  it('waits anew each time the last reader leaves, and forgets it when one comes back', () => {
    const readers = presence();
    readers.readers(2);
    clock.advance(1_000);
    readers.readers(1);
    clock.advance(1_000);
    readers.readers(0);
    clock.advance(99);
    readers.readers(1);
    clock.advance(1_000);
    readers.readers(0);
    clock.advance(99);
    expect(abandoned).toBe(0);
    clock.advance(1);
    expect(abandoned).toBe(1);
  });

  it('says so once, whoever comes later', () => {
    const readers = presence();
    clock.advance(100);
    readers.readers(1);
    readers.readers(0);
    clock.advance(1_000);
    expect(abandoned).toBe(1);
  });

  it('leaves no timer behind once nothing is at stake', () => {
    const readers = presence();
    readers.end();
    readers.readers(1);
    readers.readers(0);
    expect(clock.pending).toBe(0);
  });

  it('is over at once without a grace period', () => {
    const readers = presence(0);
    readers.readers(1);
    readers.readers(0);
    clock.advance(0);
    expect(abandoned).toBe(1);
  });
});
