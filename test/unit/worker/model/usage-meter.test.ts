import { expect, it } from 'vitest';
import { asSlotIndex } from '../../../../src/protocol/ids.ts';
import { UsageMeter } from '../../../../src/worker/model/usage-meter.ts';

const at = (slot: number, run = 1) => ({ slot: asSlotIndex(slot), run });

function meter() {
  const spawned = new Set<string>();
  let resets = 0;
  const usage = new UsageMeter({
    shared: {
      hasSpawned: (slot, run) => spawned.has(`${slot} ${run}`),
      subprocessPeakBytes: (slot) => 1_000 * (slot + 1),
    },
    memory: {
      reset: () => {
        resets += 1;
      },
      bytes: () => 5_000,
    },
  });
  /** As Launch does. */
  const spawn = (slot: number, run = 1) => {
    usage.spawning(at(slot, run));
    spawned.add(`${slot} ${run}`);
  };
  return { usage, spawn, resets: () => resets };
}

it('gives CPU time to a prediction that ran alone, and to none of two that overlapped', () => {
  const { usage } = meter();
  const first = usage.begin(at(0));
  expect(usage.end(first).cpuMs).toEqual(expect.any(Number));
  const second = usage.begin(at(0, 2));
  const third = usage.begin(at(1));
  expect(usage.end(third).cpuMs).toBeNull();
  expect(usage.end(second).cpuMs).toBeNull();
  expect(usage.end(usage.begin(at(1, 2))).cpuMs).toEqual(expect.any(Number));
});

it('gives none to one that began during another, however long it goes on alone', () => {
  const { usage } = meter();
  const first = usage.begin(at(0));
  const second = usage.begin(at(1));
  usage.end(first);
  expect(usage.end(second).cpuMs).toBeNull();
});

it('starts the peak of the memory anew only while nothing runs', () => {
  const { usage, resets } = meter();
  const first = usage.begin(at(0));
  const second = usage.begin(at(1));
  expect(resets()).toBe(1);
  expect(usage.end(first).memoryPeakBytes).toBe(5_000);
  usage.begin(at(0, 2));
  expect(resets()).toBe(1);
  usage.end(second);
});

it('speaks of subprocesses only where the run started some', () => {
  const { usage, spawn } = meter();
  const none = { subprocessCpuMs: null, subprocessMemoryPeakBytes: null };
  expect(usage.end(usage.begin(at(0)))).toMatchObject(none);
  const run = usage.begin(at(0, 2));
  spawn(0, 2);
  usage.spawning(null);
  const cpu = process.platform === 'linux' ? expect.any(Number) : null;
  expect(usage.end(run)).toMatchObject({ subprocessCpuMs: cpu, subprocessMemoryPeakBytes: 1_000 });
  expect(usage.end(usage.begin(at(0, 3)))).toMatchObject(none);
});

it('tells how long the worker took until it was ready', () => {
  const { usage } = meter();
  usage.ready();
  const { setupMs } = usage.end(usage.begin(at(0)));
  expect(setupMs).toBeGreaterThan(0);
  expect(usage.end(usage.begin(at(0))).setupMs).toBe(setupMs);
});
