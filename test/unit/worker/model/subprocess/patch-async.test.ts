import type childProcess from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type Begin, patchAsync } from '../../../../../src/worker/model/subprocess/patch-async.ts';
import { CAPTURE, launches, MARK } from './launches.ts';

function patched(begin: Begin, outcome: { pid?: number; error?: Error }) {
  const calls: unknown[][] = [];
  class ChildProcess {
    pid: number | undefined;

    spawn(...args: unknown[]): number {
      calls.push(args);
      if (outcome.error !== undefined) throw outcome.error;
      this.pid = outcome.pid;
      return -2;
    }
  }
  expect(patchAsync({ ChildProcess } as unknown as typeof childProcess, begin)).toBe(true);
  return { child: new ChildProcess(), calls };
}

describe('ChildProcess.prototype.spawn', () => {
  it('starts it with the streams and the mark of the prediction, and tells the pid', () => {
    const { begin, spawned } = launches();
    const { child, calls } = patched(begin, { pid: 99 });
    const options = { file: 'f', stdio: ['pipe', 1, 'inherit', 'ipc'], envPairs: ['A=1'], detached: true };
    const before = structuredClone(options);
    expect(child.spawn(options)).toBe(-2);
    const marked = ['A=1', 'SERVER_MARK=m', `PAWL_RUN=${MARK}`];
    const stdio = ['pipe', CAPTURE.stdout, CAPTURE.stderr, 'ipc'];
    expect(calls).toEqual([[{ file: 'f', stdio, envPairs: marked, detached: true }]]);
    expect(options).toEqual(before);
    expect(spawned).toEqual([{ count: 1, at: { slot: 3, run: 7 }, pid: 99 }]);
  });

  it('leaves the default stdio, which is pipes, and adds the worker’s environment where none was given', () => {
    const { child, calls } = patched(launches().begin, {});
    child.spawn({ file: 'f' });
    const [[options]] = calls as [[{ stdio: unknown; envPairs: string[] }]];
    expect(options.stdio).toBeUndefined();
    expect(options.envPairs).toContain(`PATH=${process.env.PATH}`);
    expect(options.envPairs).toContain(`PAWL_RUN=${MARK}`);
  });

  it('tells of a start that failed or threw', () => {
    const { begin, spawned } = launches();
    patched(begin, {}).child.spawn({ file: 'f' });
    expect(() => patched(begin, { error: new TypeError('bad stdio') }).child.spawn({ file: 'f' })).toThrow(
      'bad stdio',
    );
    expect(spawned.map(({ count, pid }) => [count, pid])).toEqual([
      [1, null],
      [2, null],
    ]);
  });

  it.each([[undefined], ['text'], [{ envPairs: 'A=1' }], [{ envPairs: [1] }]])(
    'leaves %j to Node',
    (options) => {
      const { begin, spawned } = launches();
      const { child, calls } = patched(begin, {});
      child.spawn(options);
      expect(calls).toEqual([[options]]);
      expect(spawned).toEqual([]);
    },
  );

  it('changes nothing where no work is known', () => {
    const { child, calls } = patched(() => null, {});
    const options = { stdio: 'inherit' };
    child.spawn(options);
    expect(calls[0]?.[0]).toBe(options);
  });

  it('is not patched where it does not exist', () => {
    expect(patchAsync({} as typeof childProcess, () => null)).toBe(false);
    expect(patchAsync({ ChildProcess: class {} } as unknown as typeof childProcess, () => null)).toBe(false);
  });
});
