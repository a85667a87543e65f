import { describe, expect, it } from 'vitest';
import { type RunTree, treeOf } from '../../../../src/worker/process-tree/attribution.ts';
import { identityOf, type ProcessEntry } from '../../../../src/worker/process-tree/process-entry.ts';

const WORKER = 10;
const RUN: RunTree = { mark: '10.0.1', roots: new Set(), unmarkedFrom: null, spared: new Set() };
const ALONE: RunTree = { ...RUN, unmarkedFrom: { fromTicks: 500, beforeTicks: 600 } };

function entry(pid: number, ppid: number, more: Partial<ProcessEntry> = {}): ProcessEntry {
  return { pid, ppid, startTicks: 550, isZombie: false, mark: null, isKept: false, ...more };
}

function pidsOf(run: RunTree, ...entries: ProcessEntry[]): number[] {
  return treeOf(run, entries, WORKER).map(({ pid }) => pid);
}

describe('the tree of a run', () => {
  it('holds what carries its mark, wherever it hangs', () => {
    expect(
      pidsOf(
        RUN,
        entry(11, WORKER, { mark: '10.0.1' }),
        entry(12, WORKER),
        entry(13, 12, { mark: '10.0.1' }),
      ),
    ).toEqual([11, 13]);
  });

  it('holds whatever is below one of its own, with a mark or without', () => {
    const nested = entry(13, 12, { mark: '99.0.1' });
    expect(pidsOf(RUN, entry(11, WORKER, { mark: '10.0.1' }), entry(12, 11), nested)).toEqual([11, 12, 13]);
  });

  it('holds a subprocess whose mark is out of reach, if the run was seen to start it', () => {
    const started = entry(11, WORKER);
    const run = { ...RUN, roots: new Set([identityOf(started)]) };
    expect(pidsOf(run, started, entry(12, 11))).toEqual([11, 12]);
    expect(pidsOf(run, { ...started, startTicks: 551 })).toEqual([]);
  });

  it('holds nothing of another run, nor of setup', () => {
    for (const mark of ['10.0.2', '10.1.1', '10.setup', '11.0.1']) {
      expect(pidsOf(ALONE, entry(11, WORKER, { mark }), entry(12, 11))).toEqual([]);
    }
  });

  it('leaves out what is kept, and what is below that', () => {
    const mark = '10.0.1';
    const kept = entry(12, 11, { mark, isKept: true });
    expect(pidsOf(ALONE, entry(11, WORKER, { mark }), kept, entry(13, 12))).toEqual([11]);
  });

  it('leaves out zombies', () => {
    expect(pidsOf(ALONE, entry(11, WORKER, { isZombie: true }))).toEqual([]);
  });
});

describe('an unmarked child of the worker', () => {
  it('is nobody’s where several predictions run', () => {
    expect(pidsOf(RUN, entry(11, WORKER))).toEqual([]);
  });

  it.each([
    [499, false],
    [500, true],
    [599, true],
    [600, false],
  ])(
    'of a worker with one slot, started at %i, belongs to the run from 500 to 600: %s',
    (startTicks, isMine) => {
      expect(pidsOf(ALONE, entry(11, WORKER, { startTicks }))).toEqual(isMine ? [11] : []);
    },
  );

  it('is spared when it was alive at the end of setup', () => {
    const helper = entry(11, WORKER);
    expect(pidsOf({ ...ALONE, spared: new Set([identityOf(helper)]) }, helper, entry(12, 11))).toEqual([]);
  });
});
