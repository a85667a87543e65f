import { describe, expect, it } from 'vitest';
import { limit } from '../../../../src/limits.ts';
import { asSlotIndex } from '../../../../src/protocol/ids.ts';
import { MemorySampler } from '../../../../src/worker/process-tree/memory-sampler.ts';
import type { RunAddress } from '../../../../src/worker/process-tree/run-mark.ts';
import { SharedState } from '../../../../src/worker/shared-state.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

const at = (slot: number, run = 1) => ({ slot: asSlotIndex(slot), run });

function sampler(pids: readonly number[] = [process.pid]) {
  const clock = new ManualClock();
  const shared = new SharedState();
  const looks: string[] = [];
  const treeOf = ({ slot, run }: RunAddress) => {
    looks.push(`${slot} ${run}`);
    return pids.map((pid) => ({ pid }));
  };
  const memory = new MemorySampler({ clock, shared, treeOf });
  return { clock, shared, looks, memory, tick: () => clock.advance(limit('subprocessSampleMs')) };
}

describe.runIf(process.platform === 'linux')('MemorySampler', () => {
  it('looks only at runs that have started a subprocess', () => {
    const { shared, looks, memory, tick } = sampler();
    memory.began(at(0));
    memory.began(at(1));
    tick();
    expect(looks).toEqual([]);
    shared.spawning(at(1));
    tick();
    expect(looks).toEqual(['1 1']);
    expect(shared.subprocessPeakBytes(0)).toBeNull();
    expect(shared.subprocessPeakBytes(1)).toBeGreaterThan(10 * 2 ** 20);
  });

  it('adds up what several hold together', () => {
    const one = sampler();
    const three = sampler([process.pid, process.pid, process.pid]);
    for (const { shared, memory, tick } of [one, three]) {
      memory.began(at(0));
      shared.spawning(at(0));
      tick();
    }
    const alone = Number(one.shared.subprocessPeakBytes(0));
    expect(Number(three.shared.subprocessPeakBytes(0))).toBeGreaterThan(2 * alone);
  });

  it('keeps the most it saw, takes what is gone for nothing, and begins anew with the next run', () => {
    const pids = [process.pid];
    const { shared, memory, tick } = sampler(pids);
    memory.began(at(0));
    shared.spawning(at(0));
    tick();
    const seen = shared.subprocessPeakBytes(0);
    pids[0] = 2 ** 22 + 1;
    tick();
    expect(shared.subprocessPeakBytes(0)).toBe(seen);
    memory.ended(at(0));
    memory.began(at(0, 2));
    expect(shared.subprocessPeakBytes(0)).toBeNull();
  });

  it('sets no timer while nothing runs, and one however many runs follow each other', () => {
    const { clock, memory, tick } = sampler();
    for (let run = 1; run <= 100; run += 1) {
      memory.began(at(0, run));
      memory.ended(at(0, run));
    }
    expect(clock.pending).toBe(1);
    tick();
    expect(clock.pending).toBe(0);
    memory.began(at(0, 101));
    // The end of an earlier run is no end of this one.
    memory.ended(at(0, 100));
    tick();
    expect(clock.pending).toBe(1);
  });
});
