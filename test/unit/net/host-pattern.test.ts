import { expect, it } from 'vitest';
import { matchesHost, parseHostPattern } from '../../../src/net/host-pattern.ts';

const matches = (pattern: string, url: string) => {
  const parsed = parseHostPattern(pattern);
  if (parsed === null) throw new Error(`no pattern: ${pattern}`);
  return matchesHost(parsed, new URL(url));
};

it.each([
  ['api.example.com', 'https://api.example.com/x'],
  ['API.Example.COM', 'http://api.example.com:8080/'],
  ['api.example.com.', 'http://api.example.com/'],
  ['api.example.com', 'http://api.example.com./'],
  ['*.example.com', 'http://a.b.example.com/'],
  ['api.example.com:443', 'https://api.example.com/'],
  ['api.example.com:80', 'http://api.example.com/'],
  ['api.example.com:8080', 'https://api.example.com:8080/'],
  ['10.0.0.7', 'http://10.0.0.7:9000/'],
  ['10.0.0.7', 'http://0xa000007/'],
  ['[::1]', 'http://[0:0::1]/'],
  ['[fd00::5]:9000', 'http://[fd00:0:0::5]:9000/'],
  ['müller.example', 'http://xn--mller-kva.example/'],
])('%s covers %s', (pattern, url) => {
  expect(matches(pattern, url)).toBe(true);
});

it.each([
  ['example.com', 'http://api.example.com/'],
  ['*.example.com', 'http://example.com/'],
  ['*.example.com', 'http://badexample.com/'],
  ['example.com', 'http://example.com.evil.test/'],
  ['example.com:443', 'http://example.com/'],
  ['example.com:80', 'https://example.com/'],
  ['example.com', 'http://user:example.com@evil.test/'],
])('%s does not cover %s', (pattern, url) => {
  expect(matches(pattern, url)).toBe(false);
});

it.each([
  '',
  '*',
  '*.',
  'a b',
  'http://a',
  'a/b',
  'a?b',
  '*.1.2.3.4',
  'a*b',
  'a:0',
  'a:65536',
  'a:b',
  '::1',
  'u@a',
  '%41',
])('refuses %j as a pattern', (text) => {
  expect(parseHostPattern(text)).toBeNull();
});
