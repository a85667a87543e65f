import { expect, it } from 'vitest';
import { describeSource, parseSource } from '../../../../../src/worker/model/input/source.ts';

it.each([
  ['http://example.com/a.png', 'http'],
  ['HTTPS://example.com', 'http'],
  ['data:,x', 'data'],
  ['Data:image/png;base64,AAAA', 'data'],
  ['', null],
  ['/etc/passwd', null],
  ['file:///etc/passwd', null],
  ['ftp://example.com/a', null],
  ['http:/example.com', null],
  ['http://', null],
  ['http://exa mple.com/', null],
  [' http://example.com', null],
])('reads %j', (text, kind) => {
  expect(parseSource(text)?.kind ?? null).toBe(kind);
});

const shown = (text: string) => {
  const source = parseSource(text);
  return source && describeSource(source);
};

it('hides credentials', () => {
  expect(shown('https://user:pass@host/a.png')).toBe('https://***@host/a.png');
  expect(shown('https://token@host/')).toBe('https://***@host/');
  const signed = 'https://host/a?X-Amz-Signature=abc&size=3&access_token=def&X-Amz-Credential=ghi';
  const hidden = 'https://host/a?X-Amz-Signature=***&size=3&access_token=***&X-Amz-Credential=***';
  expect(shown(signed)).toBe(hidden);
});

it('shortens what is long', () => {
  expect(shown('data:,short')).toBe('data:,short');
  expect(shown(`data:image/png;base64,${'A'.repeat(99)}`)).toBe('data:image/png;base64,AAAAAAAAAAAAAAAAAA…');
  expect(shown(`http://host/${'x'.repeat(500)}`)).toHaveLength(201);
});
