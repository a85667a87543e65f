import { describe, expect, it } from 'vitest';
import { remapStdio } from '../../../../../src/worker/model/subprocess/stdio.ts';

const FDS = { stdout: 31, stderr: 32 };
const remap = (stdio: unknown) => remapStdio(stdio, (stream) => FDS[stream]);

describe('the stdio option', () => {
  it.each([
    ['inherit', ['inherit', 31, 32]],
    [
      ['inherit', 'inherit', 'inherit'],
      ['inherit', 31, 32],
    ],
    [
      [0, 1, 2],
      [0, 31, 32],
    ],
    [
      [process.stdin, process.stdout, process.stderr],
      [process.stdin, 31, 32],
    ],
    [
      ['ignore', 2, 1],
      ['ignore', 32, 31],
    ],
    [
      ['pipe', 'inherit'],
      ['pipe', 31],
    ],
    [
      [1, 'pipe', 'pipe', 'inherit', 2],
      [31, 'pipe', 'pipe', 'inherit', 32],
    ],
    [
      [0, 1, 2, 'ipc'],
      [0, 31, 32, 'ipc'],
    ],
    [
      ['pipe', { fd: 1 }, { _handle: { fd: 2 } }],
      ['pipe', 31, 32],
    ],
  ])('%j inherits the streams of its prediction', (stdio, expected) => {
    expect(remap(stdio)).toEqual(expected);
  });

  it.each([
    undefined,
    null,
    'pipe',
    'ignore',
    'overlapped',
    'nonsense',
    7,
    [],
    [undefined, null, 'pipe'],
    ['ignore', 'overlapped', 3],
    [-1, {}, Buffer.from('x')],
  ])('%j is left to Node as it is', (stdio) => {
    expect(remap(stdio)).toEqual(stdio);
  });

  it('never changes the array of the caller', () => {
    const stdio = ['inherit', 1];
    remap(stdio);
    expect(stdio).toEqual(['inherit', 1]);
  });
});
