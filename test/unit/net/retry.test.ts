import { describe, expect, it } from 'vitest';
import {
  askedPauseMs,
  isTransientError,
  isTransientStatus,
  pauseMs,
  retryAfterMs,
} from '../../../src/net/retry.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');

it.each([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5_000],
  ['Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
  ['Tue, 01 Jan 2029 00:00:30 GMT', 0],
  ['-1', null],
  ['1.5', null],
  ['2026', 2_026_000],
  ['soon', null],
  ['2030-01-01', null],
  ['', null],
])('Retry-After: %s is %s ms', (text, ms) => {
  expect(retryAfterMs(text, NOW)).toBe(ms);
});

describe('a pause', () => {
  const pauses = { firstMs: 100, mostMs: 1_000 };
  it('doubles up to its most, and keeps at least half of that', () => {
    expect([1, 2, 3, 4, 5, 50].map((tries) => pauseMs(tries, pauses, 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect([1, 2, 5].map((tries) => pauseMs(tries, pauses, 0))).toEqual([50, 100, 500]);
  });
});

it.each([
  [408, true],
  [429, true],
  [500, true],
  [503, true],
  [400, false],
  [404, false],
  [301, false],
])('status %i may pass: %s', (status, may) => expect(isTransientStatus(status)).toBe(may));

it.each([
  ['ECONNREFUSED', true],
  ['ECONNRESET', true],
  ['EAI_AGAIN', true],
  ['ETIMEDOUT', true],
  ['ENOTFOUND', false],
  ['ENOSPC', false],
  ['HPE_INVALID_CONSTANT', false],
  ['CERT_HAS_EXPIRED', false],
  [undefined, false],
])('error %s may pass: %s', (code, may) => {
  expect(isTransientError(Object.assign(new Error('failed'), { code }))).toBe(may);
});

it('takes the pause of an answer from its headers', () => {
  expect(askedPauseMs({ 'retry-after': '3' }, NOW)).toBe(3_000);
  expect(askedPauseMs({}, NOW)).toBe(null);
});
