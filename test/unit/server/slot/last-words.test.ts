import { describe, expect, it } from 'vitest';
import { LastWords } from '../../../../src/server/slot/last-words.ts';

describe('last words', () => {
  it('are the last whole lines that fit', () => {
    const words = new LastWords(12);
    words.append('something long\nfirst\nlast\n');
    expect(words.text).toBe('first\nlast');
  });

  it('are the end of a line that is too long', () => {
    const words = new LastWords(4);
    for (const part of ['abc', 'def', 'ghi']) words.append(part);
    expect(words.text).toBe('fghi');
  });

  it('stay few, however much is said', () => {
    const words = new LastWords(10);
    for (let i = 0; i < 10_000; i += 1) words.append(`line ${i}\n`);
    expect(words.text).toBe('line 9999');
  });

  it.each([
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    '# Fatal error in , line 0',
    "node[1]: ../src/x.cc:1: void node::X(): Assertion `a == b' failed.",
    'free(): invalid pointer',
    '*** stack smashing detected ***: terminated',
    "thread 'main' panicked at src/lib.rs:1:1:",
  ])('tell the end of a process from everything else: %s', (notice) => {
    const words = new LastWords();
    words.append(`step 3 of 4\n${notice}\n 1: 0xb7 node::Abort() [node]\n`);
    expect(words.deathNotice).toBe(notice);
  });

  it('are no notice where nobody says that a process ends', () => {
    const words = new LastWords();
    words.append('error: rate limit\nthe user asked for a fatal dose of sugar\n');
    expect(words.deathNotice).toBe('');
  });
});
