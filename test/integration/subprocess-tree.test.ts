// Real processes below this test, which plays the worker: it starts them with the marks of two runs and adopts orphans.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { readProcStat } from '../../src/base/proc-stat.ts';
import { limit } from '../../src/limits.ts';
import { loadNative } from '../../src/native/binding.ts';
import { signalProcess } from '../../src/worker/process-tree/kill-tree.ts';
import { descendants } from '../../src/worker/process-tree/proc.ts';
import type { ProcessEntry } from '../../src/worker/process-tree/process-entry.ts';
import { runMark } from '../../src/worker/process-tree/run-mark.ts';
import { RunProcesses } from '../../src/worker/process-tree/run-processes.ts';
import { SharedState } from '../../src/worker/shared-state.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { isAlive } from '../helpers/processes.ts';

const RUN = { slot: 0, run: 1 };
const OTHER = { slot: 1, run: 1 };
const LADDER = [
  { signal: 'SIGTERM', waitMs: 300 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

const native = loadNative();
const started: number[] = [];

beforeAll(() => {
  expect(native.adoptOrphans()).toBe(true);
});
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

function setUp(slots: number, clock: Clock = systemClock) {
  const shared = new SharedState();
  const reaped: number[] = [];
  const processes = new RunProcesses({
    clock,
    shared,
    rootPid: process.pid,
    reap: (pid) => {
      const isReaped = native.reap(pid);
      if (isReaped) reaped.push(pid);
      return isReaped;
    },
  });
  processes.setupEnded(slots);
  processes.began(RUN);
  if (slots > 1) processes.began(OTHER);

  /** As the patched spawn does it; resolves when the script has written `ready <pid>…`, to those pids and its own. */
  async function start(
    at: { slot: number; run: number },
    script: string,
    env: Record<string, string> = {},
  ): Promise<number[]> {
    const count = shared.spawning(at);
    const child = spawn('sh', ['-c', script], {
      env: { ...process.env, PAWL_RUN: runMark(process.pid, at), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.spawned({ count, at, pid: child.pid ?? null });
    return pidsFrom(child);
  }
  return { shared, processes, reaped, start };
}

async function pidsFrom(child: ChildProcess & { readonly stdout: NodeJS.ReadableStream | null }) {
  if (child.stdout === null) throw new Error('stdout is piped');
  const [line] = await once(child.stdout, 'data');
  const others = String(line).replace('ready', '').trim().split(/\s+/).filter(Boolean).map(Number);
  const pids = [child.pid ?? -1, ...others];
  started.push(...pids);
  return pids;
}

const listed = (wanted: number | undefined) => descendants(process.pid).find(({ pid }) => pid === wanted);
const alive = (pids: readonly number[]) => pids.filter(isAlive);
const pidsOf = (entries: readonly ProcessEntry[]) => entries.map(({ pid }) => pid).sort((a, b) => a - b);
const sorted = (pids: readonly number[]) => [...pids].sort((a, b) => a - b);

describe('the subprocesses of a run', () => {
  it('are all ended: children, grandchildren, double-forked ones with a session of their own', async () => {
    const { processes, start } = setUp(8);
    // The daemon says its pid; its parents have ended by then, and its environment is all that is left of them.
    const daemon = `setsid sh -c '(sleep 600 >&- & echo ready $!) & '`;
    const [, orphan = -1] = await start(RUN, `${daemon} ; exec sleep 0.01`);
    const family = await start(RUN, 'sleep 600 & one=$!; sh -c "sleep 600; :" & echo ready $one $!; wait');
    expect(pidsOf(processes.treeOf(RUN))).toEqual(expect.arrayContaining(sorted([orphan, ...family])));

    const outcome = await processes.end(RUN, LADDER, 'ended');
    expect(outcome).toEqual({ signal: 'SIGTERM', left: [] });
    expect(alive([orphan, ...family])).toEqual([]);
  });

  it('get SIGKILL where they ignore SIGTERM', async () => {
    const { processes, start } = setUp(8);
    const pids = await start(RUN, 'trap "" TERM; (while :; do sleep 1; done) & echo ready $!; wait; wait');
    const signals: string[] = [];
    const outcome = await processes.end(RUN, LADDER, 'canceled', (signal) => void signals.push(signal));
    expect(outcome).toEqual({ signal: 'SIGKILL', left: [] });
    expect(signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(alive(pids)).toEqual([]);
  });

  it('are ended also while they fork faster than they are listed', async () => {
    const { processes, start } = setUp(8);
    const chain = 'n() { trap "" TERM; sleep 0.005; n & }; n; echo ready; sleep 600';
    await start(RUN, chain);
    expect(await processes.end(RUN, LADDER, 'canceled')).toEqual({ signal: 'SIGKILL', left: [] });
    expect(processes.treeOf(RUN)).toEqual([]);
  });

  it('are not those of another run, nor what is kept on purpose', async () => {
    const { processes, start } = setUp(8);
    const mine = await start(RUN, 'PAWL_KEEP=1 sleep 600 & echo ready $!; exec sleep 600');
    // Until it has become the program it is, it is a copy of the shell, without the variable.
    await eventually('the kept one', () => listed(mine[1])?.isKept || null);
    const others = await start(OTHER, 'sleep 600 & echo ready $!; wait');
    const kept = await start(RUN, 'sleep 600 & echo ready $!; wait', { PAWL_KEEP: '1' });
    await processes.end(RUN, LADDER, 'ended');
    expect(alive(mine)).toEqual([mine[1]]);
    expect(alive([...others, ...kept])).toEqual([...others, ...kept]);
  });

  it('are known by having been started where their environment says nothing', async () => {
    const { processes, start } = setUp(8);
    const pids = await start(RUN, 'exec env -i sh -c "sleep 600 & echo ready \\$!; wait"');
    expect(pidsOf(processes.treeOf(RUN))).toEqual(sorted(pids));
    await processes.end(RUN, LADDER, 'ended');
    expect(alive(pids)).toEqual([]);
  });

  it('cost no look at the process table where the run started none', async () => {
    const { processes, start } = setUp(8);
    await start(OTHER, 'echo ready; exec sleep 600');
    expect(await processes.end(RUN, LADDER, 'canceled')).toEqual({ signal: null, left: [] });
  });
});

describe('in a worker with one slot', () => {
  /** As native code would: no mark, and nobody told. */
  const forked = async () => {
    const { PAWL_RUN: _, ...env } = process.env;
    return pidsFrom(
      spawn('sh', ['-c', 'echo ready; exec sleep 600'], { env, stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  };

  it('what native code has forked ends with the canceled run, and what setup() has started is spared', async () => {
    const helper = await forked();
    const { processes } = setUp(1);
    // The kernel counts in hundredths of a second.
    const native = await forked();
    await processes.end(RUN, LADDER, 'canceled');
    expect(alive([...helper, ...native])).toEqual(helper);
  });

  it('what was forked after the next run had begun is not the last one’s', async () => {
    const { processes } = setUp(1);
    processes.began({ slot: 0, run: 2 });
    const next = await forked();
    await processes.end(RUN, LADDER, 'canceled');
    expect(alive(next)).toEqual(next);
  });

  it('what a helper of setup() starts later is spared, whoever its parent is by then', async () => {
    const { processes } = setUp(1);
    const env = { ...process.env, PAWL_RUN: runMark(process.pid, null) };
    const script = '(setsid sleep 600 >&- & echo ready $!) & wait';
    const [, helper = -1] = await pidsFrom(
      spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    await processes.end(RUN, LADDER, 'canceled');
    expect(isAlive(helper)).toBe(true);
  });
});

describe('a process that has ended', () => {
  it('is taken off the process table where it was an orphan', async () => {
    const { processes, start } = setUp(8);
    const [child = -1, orphan = -1] = await start(RUN, '(sleep 600 >&- & echo ready $!); exec sleep 600');
    await processes.end(RUN, LADDER, 'ended');
    await eventually('both are gone', () => (exists(orphan) || exists(child) ? null : true));
  });

  it('is left to libuv where that has started it, however long the loop takes', async () => {
    const clock = new ManualClock();
    const { processes, shared, reaped } = setUp(8, clock);
    const reported = spawn('sleep', ['600'], { stdio: 'ignore' });
    processes.spawned({ count: shared.spawning(null), at: null, pid: reported.pid ?? null });
    endWithoutLoop(reported);
    const look = () => {
      processes.treeOf(RUN);
      clock.advance(limit('orphanReapMs'));
      processes.treeOf(RUN);
    };
    look();
    // A start that is not reported yet: nobody knows its child.
    shared.spawning(null);
    const unreported = spawn('sleep', ['600'], { stdio: 'ignore' });
    endWithoutLoop(unreported);
    look();
    expect(reaped).not.toContain(reported.pid);
    expect(reaped).not.toContain(unreported.pid);
    const exits = await Promise.all([once(reported, 'exit'), once(unreported, 'exit')]);
    expect(exits).toEqual([
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ]);
  });
});

describe('a signal', () => {
  it('never reaches another process that got the same pid', async () => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    started.push(child.pid ?? -1);
    const entry = listed(child.pid);
    if (entry === undefined) throw new Error('the child is not listed');
    expect(signalProcess({ ...entry, startTicks: entry.startTicks - 1 }, 'SIGKILL')).toBe(false);
    expect(isAlive(entry.pid)).toBe(true);
    expect(signalProcess(entry, 'SIGKILL')).toBe(true);
    await once(child, 'exit');
    expect(signalProcess(entry, 'SIGKILL')).toBe(false);
  });
});

describe('a listing', () => {
  it('reads names with spaces and parentheses, and marks anywhere in the environment', async () => {
    const script = 'echo ready; exec -a "a ) Z 1 (b" sleep 600';
    const env = { NOT_PAWL_RUN: 'wrong', PAWL_RUN: 'right', PAWL_RUNNER: 'wrong' };
    const child = spawn('bash', ['-c', script], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [pid] = await pidsFrom(child);
    expect(listed(pid)).toMatchObject({
      ppid: process.pid,
      mark: 'right',
      isKept: false,
      isZombie: false,
    });
    expect(spawnSync('true').status).toBe(0);
  });
});

/** Kills it and stays off the event loop until it is a zombie. */
function endWithoutLoop({ pid = -1 }: ChildProcess): void {
  process.kill(pid, 'SIGKILL');
  const deadline = performance.now() + 10_000;
  while (readProcStat(pid)?.isZombie !== true) {
    if (performance.now() > deadline) throw new Error(`${pid} does not end`);
  }
}

function exists(pid: number): boolean {
  try {
    readFileSync(`/proc/${pid}/stat`);
    return true;
  } catch {
    // No entry any more.
    return false;
  }
}
