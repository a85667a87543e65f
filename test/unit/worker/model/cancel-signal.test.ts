import { expect, it, vi } from 'vitest';
import { CancelationError } from '../../../../src/predictor/cancelation.ts';
import { cancelSignal } from '../../../../src/worker/model/cancel-signal.ts';

it('says it at once, also to who has kept it, and tells each listener once with the news', () => {
  let isCanceled = false;
  const { signal, abort } = cancelSignal(() => isCanceled);
  const early = vi.fn();
  signal.addEventListener('abort', early);
  expect([signal.aborted, signal.reason]).toEqual([false, undefined]);
  expect(() => signal.throwIfAborted()).not.toThrow();

  isCanceled = true;
  expect(signal.aborted).toBe(true);
  const { reason } = signal;
  expect(reason).toBeInstanceOf(CancelationError);
  expect(() => signal.throwIfAborted()).toThrow(reason);
  expect(AbortSignal.any([signal]).reason).toBe(reason);
  const late = vi.fn();
  signal.addEventListener('abort', late);
  const on = vi.fn();
  signal.onabort = on;
  expect(early).not.toHaveBeenCalled();

  abort();
  abort();
  for (const listener of [early, late, on]) expect(listener).toHaveBeenCalledTimes(1);
  expect(signal.reason).toBe(reason);
});

it('forgets nothing that was seen, and needs nobody to look', () => {
  let isCanceled = true;
  const seen = cancelSignal(() => isCanceled);
  expect(seen.signal.aborted).toBe(true);
  isCanceled = false;
  expect(seen.signal.aborted).toBe(true);

  const told = cancelSignal(() => false);
  told.abort();
  expect(told.signal.aborted).toBe(true);
  expect(told.signal.reason).toBeInstanceOf(CancelationError);
});
