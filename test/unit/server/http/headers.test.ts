import { describe, expect, it } from 'vitest';
import { headerList } from '../../../../src/server/http/header-list.ts';
import { jsonErrorPosition } from '../../../../src/server/http/json-position.ts';
import { responseMode } from '../../../../src/server/http/response-mode.ts';

describe('responseMode', () => {
  it.each([
    ['', { kind: 'wait', waitMs: null }],
    ['respond-async', { kind: 'async' }],
    ['Respond-Async', { kind: 'async' }],
    ['handling=lenient, respond-async; foo="a,b"', { kind: 'async' }],
    ['foo="respond-async"', { kind: 'wait', waitMs: null }],
    ['wait', { kind: 'wait', waitMs: null }],
    ['wait=0', { kind: 'wait', waitMs: 0 }],
    ['wait=10; x=1', { kind: 'wait', waitMs: 10_000 }],
    ['wait="7"', { kind: 'wait', waitMs: 7_000 }],
    ['wait=3, wait=9', { kind: 'wait', waitMs: 3_000 }],
    ['respond-async, wait=5', { kind: 'wait', waitMs: 5_000 }],
    ['wait=soon', { kind: 'wait', waitMs: null }],
    ['wait=-1, respond-async', { kind: 'async' }],
  ])('reads Prefer: %s', (prefer, mode) => {
    expect(responseMode({ prefer })).toEqual(mode);
  });

  it.each([
    ['*/*', 'wait'],
    ['application/json', 'wait'],
    ['text/event-stream', 'stream'],
    ['Text/Event-Stream; charset=utf-8', 'stream'],
    ['application/json, text/event-stream', 'stream'],
    ['application/json, text/event-stream;q=0.5', 'wait'],
    ['application/json;q=0.4, text/event-stream;q=0.5', 'stream'],
    ['text/event-stream;q=0', 'wait'],
    ['text/*', 'wait'],
  ])('reads Accept: %s as %s, whatever Prefer says', (accept, kind) => {
    expect(responseMode({ accept }).kind).toBe(kind);
    if (kind === 'stream') expect(responseMode({ accept, prefer: 'respond-async' }).kind).toBe('stream');
  });
});

describe('headerList', () => {
  it('splits at commas and semicolons outside of quotes', () => {
    expect(headerList(' a=1 ; B="x,\\"y;z" , , c')).toEqual([
      [
        { name: 'a', value: '1' },
        { name: 'b', value: 'x,"y;z' },
      ],
      [{ name: 'c', value: null }],
    ]);
  });

  it('survives a quote that is never closed', () => {
    expect(headerList('a="b, c')).toHaveLength(1);
  });
});

describe('jsonErrorPosition', () => {
  const broken = [
    '',
    ' ',
    '{',
    '[',
    '[1,]',
    '[1 2]',
    '{"a"}',
    '{"a" 1}',
    '{a:1}',
    '{"a":1,}',
    '"abc',
    '"a\nb"',
    '"\\x"',
    '"\\u12"',
    '01',
    '1.',
    '-',
    '+1',
    'tru',
    'nul',
    'NaN',
    ']',
    '{]',
    '[}',
    '1 1',
    '"a" "b"',
    '{"a":1}}',
    '\u00a01',
    "{'a':1}",
  ];
  const valid = ['1', '-0.5e+3', '"\\u00e9\\n\\"é😀"', '[]', '{}', '[[],{"a":[1,true,null]}]', ' {"" : 0 } '];

  it.each(broken)('finds a position inside or right behind %j', (text) => {
    expect(() => JSON.parse(text)).toThrow();
    const { line, column } = jsonErrorPosition(text);
    const lines = text.split('\n');
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
  });

  it.each(valid)('reads %j to its end, as JSON.parse does', (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(jsonErrorPosition(`${text}@`).column).toBe(text.length + 1);
  });

  it('copes with one long string', () => {
    const text = `"${'x'.repeat(3_000_000)}`;
    expect(jsonErrorPosition(text).column).toBe(text.length + 1);
  });
});
