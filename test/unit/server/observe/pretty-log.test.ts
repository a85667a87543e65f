import { describe, expect, it } from 'vitest';
import { prettyLine, prettyLogger } from '../../../../src/server/observe/pretty-log.ts';

const TIME = new Date('2026-01-02T03:04:05.678Z');

describe('the pretty log', () => {
  it('is one line of time, level, message and fields', () => {
    const fields = {
      prediction: 'a',
      path: '/x/y',
      text: 'two words',
      count: 3,
      none: null,
      missing: undefined,
    };
    expect(prettyLine(TIME, 'warn', 'look', fields)).toBe(
      '03:04:05.678 WARN  look prediction=a path=/x/y text="two words" count=3 none=null missing=undefined',
    );
  });

  it('puts the stack of an error below', () => {
    const error = new Error('no "good"');
    error.stack = 'Error: no good\n    at x';
    expect(prettyLine(TIME, 'error', 'failed', { error })).toBe(
      '03:04:05.678 ERROR failed error="no \\"good\\""\nError: no good\n    at x',
    );
  });

  it('leaves out what is below its level', () => {
    const lines: string[] = [];
    const log = prettyLogger(
      'warn',
      (line) => lines.push(line),
      () => TIME,
    );
    log.debug({}, 'a');
    log.info({}, 'b');
    log.warn({}, 'c');
    log.error({}, 'd');
    expect(lines).toEqual(['03:04:05.678 WARN  c\n', '03:04:05.678 ERROR d\n']);
  });
});
