import { describe, expect, it } from 'vitest';
import { limit } from '../../../../src/limits.ts';
import { decideRestart, type WorkerEnding } from '../../../../src/server/supervisor/restart-policy.ts';

const min = limit('restartDelayMsMin');
const max = limit('restartDelayMsMax');
const reset = limit('restartResetMs');
const restart = (delayMs: number, streak: number) => ({ kind: 'restart', delayMs, streak });

describe('restart policy', () => {
  const table: [string, WorkerEnding, unknown][] = [
    [
      'a first setup that fails is not tried again',
      { policy: 'on-crash', readyMs: null, isProven: false, streak: 0 },
      { kind: 'park' },
    ],
    [
      'nor is it where nothing is ever restarted',
      { policy: 'never', readyMs: null, isProven: false, streak: 0 },
      { kind: 'park' },
    ],
    [
      'a crash restarts after the shortest pause',
      { policy: 'on-crash', readyMs: 10, isProven: true, streak: 0 },
      restart(min, 1),
    ],
    [
      'the next one after twice as long',
      { policy: 'on-crash', readyMs: 10, isProven: true, streak: 1 },
      restart(2 * min, 2),
    ],
    [
      'a replacement whose setup fails counts like a crash',
      { policy: 'on-crash', readyMs: null, isProven: true, streak: 3 },
      restart(8 * min, 4),
    ],
    [
      'the pause has an upper limit',
      { policy: 'on-crash', readyMs: null, isProven: true, streak: 40 },
      restart(max, 41),
    ],
    [
      'just short of the reset time the pause still grows',
      { policy: 'on-crash', readyMs: reset - 1, isProven: true, streak: 5 },
      restart(32 * min, 6),
    ],
    [
      'a long ready time starts the pauses over',
      { policy: 'on-crash', readyMs: reset, isProven: true, streak: 5 },
      restart(min, 1),
    ],
    [
      'never means never after a crash',
      { policy: 'never', readyMs: 10, isProven: true, streak: 0 },
      { kind: 'defunct' },
    ],
    [
      'and never for a sibling that failed its setup',
      { policy: 'never', readyMs: null, isProven: true, streak: 0 },
      { kind: 'defunct' },
    ],
  ];
  it.each(table)('%s', (_name, ending, verdict) => {
    expect(decideRestart(ending)).toEqual(verdict);
  });
});
