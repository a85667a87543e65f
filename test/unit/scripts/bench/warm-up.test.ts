import { describe, expect, it } from 'vitest';
import { warmUp } from '../../../../scripts/bench/load/warm-up.ts';

/** A server whose bursts answer so many requests in a second; the last number goes on for ever. */
async function burstsOf(...rates: number[]): Promise<number> {
  let burst = 0;
  return warmUp(async () => {
    const perSecond = rates[Math.min(burst++, rates.length - 1)] ?? 0;
    return { requests: perSecond, perSecond };
  });
}

describe('warmUp', () => {
  it('gives a server that is fast from the start four bursts', async () => {
    await expect(burstsOf(20_000)).resolves.toBe(4);
  });

  it('goes on while bursts get faster, and until two in a row are not', async () => {
    await expect(burstsOf(10_000, 11_000, 12_000, 13_000, 14_000, 14_050, 14_000)).resolves.toBe(7);
  });

  it('is not misled by one slow burst', async () => {
    await expect(burstsOf(10_000, 12_000, 14_000, 9_000, 18_000, 18_500, 18_200)).resolves.toBe(7);
  });

  it('goes on until 50,000 requests were answered, though they get no faster', async () => {
    await expect(burstsOf(10_000, 8_000)).resolves.toBe(6);
  });

  it('ends after twelve bursts however much faster each is', async () => {
    const rates = Array.from({ length: 30 }, (_, index) => 100 * 1.2 ** index);
    await expect(burstsOf(...rates)).resolves.toBe(12);
  });

  it('ends after 100,000 requests', async () => {
    await expect(burstsOf(40_000, 50_000, 60_000, 70_000)).resolves.toBe(3);
  });

  it('fails as its load does', async () => {
    await expect(warmUp(() => Promise.reject(new Error('nobody answers')))).rejects.toThrow('nobody answers');
  });
});
