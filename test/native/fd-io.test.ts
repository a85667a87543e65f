// Pipes, blocking writes and non-blocking reads of the addon, and how its failures look in JavaScript.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runFixture } from './run-fixture.ts';

const MiB = 1024 * 1024;

describe('capturePipe', () => {
  it('gives close-on-exec ends: a non-blocking one to read, a blocking one to write', async () => {
    const { flags } = await capturePipe(65_536);
    expect(flags).toMatchObject({
      readEnd: { closeOnExec: true, nonBlocking: true },
      writeEnd: { closeOnExec: true, nonBlocking: false },
    });
  });

  it('holds as much as was asked for, as far as the system allows', async () => {
    const allowed = Number(readFileSync('/proc/sys/fs/pipe-max-size', 'utf8'));
    const { full } = await capturePipe(Math.min(MiB, allowed));
    expect(full).toBe(Math.min(MiB, allowed));
  });

  it('reads what is there, and 0 bytes when nothing is there or the writer is gone', async () => {
    const { empty, portion, text, ended } = await capturePipe(65_536);
    expect({ empty, portion, text, ended }).toEqual({ empty: 0, portion: 8, text: 'pppppppp', ended: 0 });
  });
});

describe('hasBytes', () => {
  it('finds the one pipe of four that holds something, and nothing where the writer is gone', async () => {
    const { hasBytes } = await capturePipe(65_536);
    expect(hasBytes).toEqual({ closed: false, empty: false, full: true, ended: false });
  });

  it('is not disturbed by the signals of a CPU profile', async () => {
    const { code, reports, stderr } = await runFixture('profiled-poll');
    expect({ code, reports, stderr }).toEqual({
      code: 0,
      reports: [{ found: 0, isProfiled: true }],
      stderr: '',
    });
  });
});

describe('writeAll', () => {
  it('delivers all of 4 MB to a pipe that is non-blocking and full', async () => {
    const { nonBlocking, refusal, filled, counts } = await fullPipe();
    expect({ nonBlocking, refusal }).toEqual({ nonBlocking: true, refusal: 'EAGAIN' });
    expect(counts).toEqual({ f: filled, x: 4_000_000 });
  });

  it('throws an error of the shape of Node’s own when the reader is gone', async () => {
    const { broken } = await fullPipe();
    expect(broken).toEqual({
      code: 'EPIPE',
      errno: -32,
      syscall: 'write',
      message: 'EPIPE: broken pipe, write',
    });
  });
});

describe('writeText', () => {
  it('writes any text as UTF-8, as Buffer.from() does', async () => {
    expect(await firstReport('write-text', [])).toEqual({ count: 32, wrong: [] });
  });
});

describe('setBlocking', () => {
  it('clears the non-blocking flag that libuv has set', async () => {
    const { nonBlocking, blockingAgain } = await fullPipe();
    expect({ nonBlocking, blockingAgain }).toEqual({ nonBlocking: true, blockingAgain: true });
  });
});

describe('arguments', () => {
  it('reports a closed descriptor as EBADF, with the system call', async () => {
    const thrown = await wrongArguments();
    expect(thrown.closedFd).toMatchObject({ code: 'EBADF', message: 'EBADF: bad file descriptor, write' });
    for (const call of ['closedFdBlocking', 'closedFdPending', 'closedFdRead', 'negativeFd']) {
      expect(thrown[call], call).toMatchObject({ code: 'EBADF' });
    }
  });

  it('refuses values of another type before any system call', async () => {
    const thrown = await wrongArguments();
    for (const call of [
      'fdAsText',
      'fractionalFd',
      'noBytes',
      'noText',
      'otherView',
      'threeFds',
      'fdOfFour',
      'nothing',
    ]) {
      expect(thrown[call], call).toMatchObject({ name: 'TypeError' });
    }
  });
});

async function capturePipe(bytes: number): Promise<Record<string, unknown>> {
  return firstReport('capture-pipe', [String(bytes)]);
}

async function fullPipe(): Promise<Record<string, unknown>> {
  return firstReport('full-pipe', []);
}

async function wrongArguments(): Promise<Record<string, unknown>> {
  return firstReport('wrong-arguments', []);
}

async function firstReport(fixture: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const { reports, stderr } = await runFixture(fixture, { args });
  expect(stderr).toBe('');
  return reports[0] as Record<string, unknown>;
}
