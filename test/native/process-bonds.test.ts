// Descendants, threads, and the end of the process.
import { describe, expect, it } from 'vitest';
import { runFixture } from './run-fixture.ts';

describe('exitNow', () => {
  it('ends the process from a worker thread while the main thread spins, without exit handlers', async () => {
    const { code, reports } = await runFixture('exit-now');
    expect(code).toBe(70);
    expect(reports).toEqual([]);
  });
});

describe('adoptOrphans', () => {
  it('becomes the parent of a process whose own parent ended', async () => {
    const { reports } = await runFixture('adopt-orphans');
    expect(reports).toEqual([{ adopts: true, isOurs: true }]);
  });
});

describe('the addon', () => {
  it('works in several worker threads at once, and on the main thread after they ended', async () => {
    const { reports, code } = await runFixture('in-threads');
    expect(reports).toEqual([{ texts: ['hello', 'hello', 'hello', 'hello'], onMain: 0 }]);
    expect(code).toBe(0);
  });
});
