import { describe, expect, it } from 'vitest';
import { LineAssembler } from '../../../../src/worker/io/line-assembler.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

const NOTICE = '[**** LOG LINE TRUNCATED AT 4 MiB ****]';

function assembler() {
  const clock = new ManualClock();
  const emitted: string[] = [];
  const lines = new LineAssembler(clock, (text) => emitted.push(text));
  return { clock, emitted, lines };
}

describe('LineAssembler', () => {
  it('emits whole lines at once and keeps the unfinished rest', () => {
    const { emitted, lines } = assembler();
    lines.push(Buffer.from('one\ntwo\nthr'));
    expect(emitted).toEqual(['one\ntwo\n']);
    lines.push(Buffer.from('ee\n'));
    expect(emitted).toEqual(['one\ntwo\n', 'three\n']);
  });

  it('shows an unfinished line, such as a progress bar, after the idle time', () => {
    const { clock, emitted, lines } = assembler();
    lines.push(Buffer.from('10 %\r'));
    expect(emitted).toEqual([]);
    clock.advance(50);
    expect(emitted).toEqual(['10 %\r']);
    lines.push(Buffer.from('20 %\n'));
    expect(emitted).toEqual(['10 %\r', '20 %\n']);
  });

  it('joins a character whose bytes arrive in two reads', () => {
    const { clock, emitted, lines } = assembler();
    const bytes = Buffer.from('→ 🦜\n');
    for (const byte of bytes) lines.push(Buffer.from([byte]));
    clock.advance(1000);
    expect(emitted.join('')).toBe('→ 🦜\n');
  });

  it('emits the rest without a newline when its prediction ends, and starts clean afterwards', () => {
    const { emitted, lines } = assembler();
    lines.push(Buffer.from([0x61, 0xe2, 0x86]));
    lines.flush();
    lines.push(Buffer.from('next\n'));
    expect(emitted.join('|')).toBe('a�|next\n');
  });

  it('replaces bytes that are not UTF-8 instead of losing the line', () => {
    const { emitted, lines } = assembler();
    lines.push(Buffer.from([0x61, 0xff, 0x62, 0x0a]));
    expect(emitted).toEqual(['a�b\n']);
  });

  it('sends a long line in parts of bounded size', () => {
    const { emitted, lines } = assembler();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    for (let i = 0; i < 10; i += 1) lines.push(chunk);
    lines.push(Buffer.from('\n'));
    expect(emitted.join('')).toBe(`${'x'.repeat(640 * 1024)}\n`);
    expect(Math.max(...emitted.map((text) => text.length))).toBeLessThanOrEqual(128 * 1024);
  });

  it('cuts a line at 4 MiB with the notice, and the next line is whole again', () => {
    const { emitted, lines } = assembler();
    const chunk = Buffer.alloc(64 * 1024, 'y');
    for (let i = 0; i < 80; i += 1) lines.push(chunk);
    lines.push(Buffer.from('end of the long line\nshort\n'));
    const text = emitted.join('');
    const [long, short] = text.split('\n');
    expect(long?.length).toBe(4 * 1024 * 1024);
    expect(long?.endsWith(NOTICE)).toBe(true);
    expect(short).toBe('short');
  });

  it('never splits a character at the cut', () => {
    const { emitted, lines } = assembler();
    const chunk = Buffer.from('€'.repeat(20_000));
    for (let i = 0; i < 90; i += 1) lines.push(chunk);
    lines.push(Buffer.from('\n'));
    const text = emitted.join('');
    expect(text).not.toContain('�');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4 * 1024 * 1024 + 1);
    expect(text.endsWith(`${NOTICE}\n`)).toBe(true);
  });

  it('cuts a line that idle flushes already showed in parts', () => {
    const { clock, emitted, lines } = assembler();
    const chunk = Buffer.alloc(64 * 1024, 'z');
    for (let i = 0; i < 80; i += 1) {
      lines.push(chunk);
      clock.advance(60);
    }
    lines.push(Buffer.from('\nok\n'));
    const text = emitted.join('');
    expect(text.indexOf('\n')).toBe(4 * 1024 * 1024);
    expect(text.endsWith('\nok\n')).toBe(true);
  });
});
