import { describe, expect, it } from 'vitest';
import { answerOf, retryDelay } from '../../../../src/server/webhook/retry.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');

describe('an answer', () => {
  it.each([200, 201, 202, 204, 299, 303])('%d is accepted', (status) => {
    expect(answerOf(status, undefined, NOW)).toEqual({ type: 'accepted' });
  });

  it.each([429, 500, 502, 503, 504])('%d is worth another try', (status) => {
    expect(answerOf(status, undefined, NOW)).toEqual({ type: 'retry', afterMs: null });
    expect(answerOf(status, '7', NOW)).toEqual({ type: 'retry', afterMs: 7_000 });
  });

  it.each([0, 300, 302, 304, 400, 401, 404, 408, 410, 422, 501, 505])('%d is final', (status) => {
    expect(answerOf(status, '7', NOW)).toEqual({ type: 'refused' });
  });
});

describe('the pause before the next try', () => {
  it('is spread over everything up to the exponential one', () => {
    expect([0, 0.25, 1].map((random) => retryDelay(3, null, random))).toEqual([0, 200, 800]);
  });

  it('stays within its bound', () => {
    expect(retryDelay(12, null, 1)).toBe(102_400);
    expect(retryDelay(2_000, null, 1)).toBe(102_400);
  });

  it('is not shorter than the receiver asks, within a bound', () => {
    expect(retryDelay(1, 5_000, 1)).toBe(5_000);
    expect(retryDelay(10, 5_000, 1)).toBe(102_400);
    expect(retryDelay(1, 86_400_000, 0)).toBe(300_000);
  });
});
