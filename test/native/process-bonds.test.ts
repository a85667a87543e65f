// Parent, descendants, threads, and the end of the process.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runFixture, startFixture, streamOf } from './run-fixture.ts';

describe('exitNow', () => {
  it('ends the process from a worker thread while the main thread spins, without exit handlers', async () => {
    const { code, reports } = await runFixture('exit-now');
    expect(code).toBe(70);
    expect(reports).toEqual([]);
  });
});

describe('dieWithParent', () => {
  it('takes a child in a session of its own away with its killed parent', async () => {
    const parent = startFixture('die-with-parent', {});
    const channel = streamOf(parent, 3);
    const [line] = await once(createInterface(channel), 'line');
    const child = JSON.parse(String(line)) as { pid: number; bound: boolean };
    let alive = true;
    onTestFinished(() => {
      if (alive) process.kill(child.pid, 'SIGKILL');
    });
    expect(child.bound).toBe(true);
    const ended = once(channel, 'close');
    parent.kill('SIGKILL');
    // The channel closes when the last process that holds it is gone: the child never ends by itself.
    await ended;
    alive = false;
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
