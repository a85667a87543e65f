// Where Node or the system cannot interrupt: the addon says why, and calls are just calls.
import { describe, expect, it } from 'vitest';
import { nodeWithoutSymbol, V8_SYMBOLS } from '../helpers/node-without-symbol.ts';
import { compileAddon } from './fixture-addon.ts';
import { runFixture, withScratch } from './run-fixture.ts';

const UNTOUCHED = {
  refused: 'guard() needs prepareInterrupts() on the same thread',
  guarded: { interrupted: false, value: [0, false, false] },
  isSameError: true,
  inWorker: 'this is not the main thread',
};

describe('interrupts are unavailable, and calls go on without them,', () => {
  it.each(V8_SYMBOLS)('where Node lacks %s', async (symbol) => {
    const { reports, stderr, code } = await withScratch((folder) =>
      runFixture('interrupt-unavailable', { node: nodeWithoutSymbol(symbol, folder) }),
    );
    const reason = `this Node does not export ${symbol}`;
    expect(reports).toEqual([{ reason, unavailable: reason, ...UNTOUCHED }]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  it('where other native code has taken every signal', async () => {
    const { reports } = await withScratch((folder) =>
      runFixture('interrupt-unavailable', {
        args: ['signals-taken'],
        env: { BLOCKING_ADDON: compileAddon('blocking', folder) },
      }),
    );
    const reason = 'every signal it could use has a handler already';
    expect(reports).toEqual([{ reason, unavailable: reason, ...UNTOUCHED }]);
  });
});
