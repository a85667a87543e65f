import { describe, expect, it } from 'vitest';
import { SetupLog } from '../../../../src/server/supervisor/setup-log.ts';

describe('setup log', () => {
  it('keeps what fits, in order', () => {
    const log = new SetupLog(100);
    log.append('one\n');
    log.append('two\n');
    expect(log.text).toBe('one\ntwo\n');
  });

  it('drops the oldest lines and counts their bytes', () => {
    const log = new SetupLog(10);
    log.append('first\n');
    log.append('second\n');
    expect(log.text).toBe('[**** 6 BYTES OF EARLIER SETUP OUTPUT DROPPED ****]\nsecond\n');
  });

  it('counts every byte, also over many pieces', () => {
    const log = new SetupLog(8000);
    const line = `${'x'.repeat(999)}\n`;
    for (let i = 0; i < 50; i += 1) log.append(line);
    const [marker, ...kept] = log.text.split('\n');
    expect(kept).toEqual([...Array(8).fill('x'.repeat(999)), '']);
    expect(marker).toContain(` ${50_000 - 8000} BYTES`);
  });

  it('never cuts a character in two', () => {
    const log = new SetupLog(7);
    log.append('äöüß');
    expect(log.text.split('\n')[1]).toBe('öüß');
  });

  it('starts an error on a line of its own', () => {
    const log = new SetupLog();
    log.append('loading…');
    log.appendLine('Error: no');
    expect(log.text).toBe('loading…\nError: no\n');
  });
});
