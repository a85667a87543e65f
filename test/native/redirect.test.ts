// Where descriptors 0, 1 and 2 go, and what lands in the pipes that replace them.
import { describe, expect, it } from 'vitest';
import { compileAddon } from './fixture-addon.ts';
import { runFixture, TOOL_OPENS_FILES, withScratch } from './run-fixture.ts';

interface FdDescription {
  readonly closeOnExec: boolean;
  readonly nonBlocking: boolean;
  readonly target: string;
}

interface Layout {
  readonly fds: Readonly<Record<string, number>>;
  readonly described: Readonly<Record<string, FdDescription>>;
  readonly standard: readonly FdDescription[];
  readonly bytesFromStdin: number;
  readonly leaked: readonly number[];
  readonly grandchild: string;
}

describe('redirect', () => {
  it('moves the original streams to close-on-exec descriptors from 100 up', async () => {
    const { fds, described } = await layout();
    const moved = ['controlIn', 'controlOut', 'originalStderr'];
    expect(moved.map((name) => (fds[name] ?? 0) >= 100)).toEqual([true, true, true]);
    expect(moved.map((name) => described[name]?.closeOnExec)).toEqual([true, true, true]);
  });

  it('puts /dev/null on stdin, so that reading it ends at once', async () => {
    const { standard, bytesFromStdin } = await layout();
    expect(standard[0]?.target).toBe('/dev/null');
    expect(bytesFromStdin).toBe(0);
  });

  it('gives blocking write ends to the process and non-blocking read ends to the caller', async () => {
    const { described, standard } = await layout();
    const ends = [
      [described.capturedStdout, standard[1]],
      [described.capturedStderr, standard[2]],
    ];
    for (const [readEnd, writeEnd] of ends) {
      expect(readEnd).toMatchObject({ nonBlocking: true, closeOnExec: true });
      expect(writeEnd).toMatchObject({ nonBlocking: false, closeOnExec: false, target: readEnd?.target });
    }
  });

  it('lets a child process inherit nothing but 0, 1 and 2', async () => {
    const { grandchild, leaked } = await layout();
    const listed = [...grandchild.matchAll(/ (\d+) -> (.*)/g)]
      .filter(([, , target]) => !target?.startsWith('/proc/'))
      .map(([, fd]) => Number(fd))
      .filter((fd) => !leaked.includes(fd));
    expect(listed.sort()).toEqual([0, 1, 2]);
  });

  it('captures console, streams, system calls, subprocesses and what native code holds back until flushStdio', async () => {
    const { reports, stdout, stderr } = await withScratch((folder) =>
      runFixture('redirect-output', { env: { PRINTF_ADDON: compileAddon('printf', folder) } }),
    );
    expect(reports[0]).toEqual({
      console: { stdout: 'a log\n', stderr: '' },
      processStdout: { stdout: 'a write\n', stderr: '' },
      writeSync: { stdout: 'a sync write\n', stderr: '' },
      subprocess: { stdout: 'out\n', stderr: 'err\n' },
      consoleError: { stdout: '', stderr: 'an error\n' },
      buffered: { stdout: '', stderr: '' },
      flushed: { stdout: 'a buffered line\n', stderr: '' },
    });
    // What native code had buffered earlier was meant for the original stream; and the moved descriptors still work.
    expect(stdout).toBe('before the redirect|control');
    expect(stderr).toBe('diagnostics');
  });

  it('loses nothing of 8 MB when the reader comes after the pipe is full', async () => {
    const { reports } = await withScratch((folder) =>
      runFixture('stalled-reader', { env: { PRINTF_ADDON: compileAddon('printf', folder) } }),
    );
    expect(reports[0]).toEqual({
      w: 2_000_000,
      c: 1_999_999,
      s: 2_000_000,
      n: 999_000,
      b: 999_000,
      '\n': 2_001,
    });
  });

  it('happens once per process, also across threads and after the first thread has ended', async () => {
    const { reports } = await runFixture('redirect-twice');
    const [{ first, second, third, opened }] = reports as [Record<string, unknown>];
    expect(first).toMatchObject({ controlIn: expect.any(Number) });
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(opened).toBe(0);
  });

  it.skipIf(TOOL_OPENS_FILES)(
    'leaves everything as it was at whatever step descriptors run out',
    async () => {
      const { reports } = await runFixture('redirect-starved', { openFilesMax: 256 });
      const attempts = reports[0] as { outcome: Record<string, unknown>; unchanged: boolean }[];
      expect(attempts.map(({ outcome }) => outcome.syscall)).toEqual([
        ...Array(3).fill('fcntl'),
        'open',
        ...Array(4).fill('pipe2'),
        undefined,
      ]);
      const failed = attempts.slice(0, -1);
      expect(failed.map(({ outcome }) => outcome.code)).toEqual(Array(8).fill('EMFILE'));
      expect(failed.map(({ unchanged }) => unchanged)).toEqual(Array(8).fill(true));
      expect(attempts.at(-1)?.outcome.controlIn).toBeGreaterThanOrEqual(100);
    },
  );
});

async function layout(): Promise<Layout> {
  const { reports } = await runFixture('redirect-layout');
  return reports[0] as Layout;
}
