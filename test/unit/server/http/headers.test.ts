import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerList } from '../../../../src/server/http/header-list.ts';
import { jsonErrorPosition } from '../../../../src/server/http/json-position.ts';
import { preferenceApplied, responseMode } from '../../../../src/server/http/response-mode.ts';

describe('responseMode', () => {
  const wait = (waitMs: number | null, preferred = 'wait') => ({ kind: 'wait', waitMs, preferred });
  const plain = wait(null, 'nothing');

  it.each([
    ['', plain],
    ['respond-async', { kind: 'async' }],
    ['Respond-Async', { kind: 'async' }],
    ['respond-async=""', { kind: 'async' }],
    ['respond-async=no', plain],
    ['handling=lenient, respond-async; foo="a,b"', { kind: 'async' }],
    ['foo="respond-async"', plain],
    ['foo="unclosed, respond-async', plain],
    ['wait', wait(null)],
    ['wait=""', wait(null)],
    ['wait=0', wait(0)],
    ['WAIT = 10; x=1', wait(10_000)],
    ['wait="7"', wait(7_000)],
    ['wait=3, wait=9', wait(3_000)],
    ['wait=007', wait(7_000)],
    ['wait=99999999999999999999', wait(999_999_999_000)],
    ['respond-async, wait=5', wait(5_000, 'respond-async')],
    ['wait="5",respond-async', wait(5_000, 'respond-async')],
    ['respond-async, wait', { kind: 'async' }],
    ['wait=soon', plain],
    ['wait=1.5', plain],
    ['wait="1', plain],
    ['wait=-1, respond-async', { kind: 'async' }],
    [', ;, =, =5, "', plain],
  ])('reads Prefer: %s', (prefer, mode) => {
    expect(responseMode({ prefer })).toEqual(mode);
  });

  it('reads several Prefer lines as one list', () => {
    expect(responseMode({ prefer: ['handling=strict', 'respond-async', 'wait=2'] })).toEqual(
      wait(2_000, 'respond-async'),
    );
  });

  it.each([
    ['*/*', 'wait'],
    ['application/json', 'wait'],
    ['text/event-stream', 'stream'],
    ['Text/Event-Stream; charset=utf-8', 'stream'],
    ['application/json, text/event-stream', 'stream'],
    ['application/json, text/event-stream;q=0.5', 'wait'],
    ['application/json;q=0.4, text/event-stream;Q="0.5"', 'stream'],
    ['text/event-stream, */*;q=0.1', 'stream'],
    ['text/event-stream;q=0.9, */*', 'wait'],
    ['text/event-stream;q=0.9, application/*, application/json;q=0.1', 'stream'],
    ['text/event-stream;q=0', 'wait'],
    ['text/event-stream;q=0.000, text/html', 'wait'],
    ['text/event-stream;q=', 'stream'],
    ['text/event-stream;q=5, application/json', 'stream'],
    ['text/*', 'wait'],
    ['', 'wait'],
  ])('reads Accept: %s as %s, whatever Prefer says', (accept, kind) => {
    expect(responseMode({ accept }).kind).toBe(kind);
    if (kind === 'stream') expect(responseMode({ accept, prefer: 'respond-async' }).kind).toBe('stream');
  });
});

describe('preferenceApplied', () => {
  it.each([
    ['', null, null],
    ['respond-async', 'respond-async', 'respond-async'],
    ['wait', 'wait', 'wait'],
    ['wait=5', 'wait=5', 'wait=5'],
    ['wait=5, respond-async', 'wait=5', 'respond-async, wait=5'],
  ])('says which of Prefer: %s were followed', (prefer, ended, goesOn) => {
    const mode = responseMode({ prefer });
    expect([preferenceApplied(mode, 'ended'), preferenceApplied(mode, 'goes on')]).toEqual([ended, goesOn]);
    expect(preferenceApplied(responseMode({ prefer, accept: 'text/event-stream' }), 'ended')).toBeNull();
  });
});

describe('any text in Prefer and Accept', () => {
  it('gives a mode, and nothing but the values that the headers may have', () => {
    const part = fc.constantFrom(
      ...[
        'wait',
        'respond-async',
        '=',
        '"',
        '\\',
        ',',
        ';',
        ' ',
        '5',
        '-1',
        'q',
        'text/event-stream',
        '*/*',
        'é',
      ],
    );
    const text = fc.array(fc.oneof(part, fc.string()), { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (prefer, accept) => {
        const mode = responseMode({ prefer, accept });
        if (mode.kind !== 'wait') return;
        expect(mode.waitMs ?? 0).toBeGreaterThanOrEqual(0);
        expect(preferenceApplied(mode, 'goes on') ?? 'wait').toMatch(/^(respond-async, )?wait(=\d+)?$/);
      }),
      { numRuns: 2_000 },
    );
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
