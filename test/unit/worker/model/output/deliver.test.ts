import { expect, it } from 'vitest';
import { CancelationError } from '../../../../../src/predictor/cancelation.ts';
import { asPredictionId } from '../../../../../src/protocol/ids.ts';
import { type DeliverParts, deliver } from '../../../../../src/worker/model/output/deliver.ts';

function parts(over: Partial<DeliverParts> = {}): DeliverParts {
  return {
    id: asPredictionId('p1'),
    schema: null,
    outputDir: () => '/nonexistent',
    tempDir: () => null,
    signal: () => new AbortController().signal,
    throwIfCanceled: () => {},
    enter: (fn) => fn(),
    sendLine: () => {},
    ...over,
  };
}

/** Two items; counts how often it is asked to end itself. */
function counting() {
  const seen = { returns: 0 };
  async function* items(): AsyncGenerator<number> {
    yield 1;
    yield 2;
  }
  const iterator = items();
  const end = iterator.return.bind(iterator);
  iterator.return = (value) => {
    seen.returns += 1;
    return end(value);
  };
  return { iterator, seen };
}

it('does not ask an async generator to end that was interrupted in next(), since it would never answer', async () => {
  const { iterator, seen } = counting();
  let calls = 0;
  const enter: DeliverParts['enter'] = (fn) => {
    calls += 1;
    if (calls === 2) throw new CancelationError();
    return fn();
  };
  await expect(deliver(iterator, parts({ enter }))).rejects.toBeInstanceOf(CancelationError);
  expect(seen.returns).toBe(0);
});

it('ends a generator at the item at which a cancel is noticed', async () => {
  const { iterator, seen } = counting();
  const throwIfCanceled = () => {
    throw new CancelationError();
  };
  await expect(deliver(iterator, parts({ throwIfCanceled }))).rejects.toBeInstanceOf(CancelationError);
  expect(seen.returns).toBe(1);
});
