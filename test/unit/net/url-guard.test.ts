import type { LookupAddress } from 'node:dns';
import { expect, it } from 'vitest';
import { UrlGuard } from '../../../src/net/url-guard.ts';

type Found = string | readonly string[];

/** A guard whose resolver gives each list in turn. */
function guard(urlAccess: 'any' | 'public' | 'listed', urlHosts: string[], ...answers: Found[]) {
  const asked: string[] = [];
  const resolve: ConstructorParameters<typeof UrlGuard>[1] = (hostname, _options, callback) => {
    const found = answers[asked.length] ?? [];
    asked.push(hostname);
    const entry = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 });
    if (typeof found === 'string') callback(null, found, entry(found).family);
    else callback(null, found.map(entry));
  };
  return { guard: new UrlGuard({ urlAccess, urlHosts }, resolve), asked };
}

/** What a socket to `url` would be given. */
function looked(under: UrlGuard, url: string): string | string[] {
  const target = new URL(url);
  let result: string | string[] = 'nothing';
  under.lookup(target)(target.hostname, { all: true }, (error, address) => {
    if (error !== null) result = error.message;
    else result = typeof address === 'string' ? address : address.map((entry) => entry.address);
  });
  return result;
}

it.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://0/',
  'http://169.254.169.254/latest/meta-data',
  'http://100.64.0.1/',
  'http://[fd00::1]/',
  'http://１２７.0.0.1/',
])('with public, %s is refused without a look-up', (url) => {
  const { guard: under, asked } = guard('public', []);
  expect(under.refusal(new URL(url))).toContain('not on the public Internet');
  expect(asked).toEqual([]);
});

it.each(['file:///etc/passwd', 'ftp://example.com/', 'gopher://127.0.0.1/', 'data:,x'])(
  'refuses %s whatever the rules are',
  (url) => {
    expect(guard('any', []).guard.refusal(new URL(url))).toContain('only http(s)');
    const { guard: listed } = guard('listed', ['example.com', '127.0.0.1']);
    expect(listed.refusal(new URL(url))).toContain('only http(s)');
  },
);

it('with any, goes everywhere and looks at no address', () => {
  const { guard: under } = guard('any', [], ['127.0.0.1']);
  expect(under.refusal(new URL('http://10.0.0.1/'))).toBeNull();
  expect(looked(under, 'http://a.test/')).toEqual(['127.0.0.1']);
});

it('with public, gives a socket only the public addresses of a name', () => {
  const { guard: under } = guard('public', [], ['10.0.0.1', '8.8.8.8', '::1']);
  expect(under.refusal(new URL('http://a.test/'))).toBeNull();
  expect(looked(under, 'http://a.test/')).toEqual(['8.8.8.8']);
});

it.each([[['127.0.0.1']], [['10.0.0.1', 'fd00::1']], ['169.254.169.254'], ['::ffff:10.0.0.1']])(
  'with public, refuses a name that resolves to %j, and does not tell the address',
  (found) => {
    const { guard: under } = guard('public', [], found);
    expect(looked(under, 'http://a.test/')).toContain('not on the public Internet');
    expect(looked(guard('public', [], found).guard, 'http://a.test/')).not.toContain(String(found));
  },
);

it('with public, judges every look-up anew: a name that changes its address gains nothing', () => {
  const { guard: under, asked } = guard('public', [], ['8.8.8.8'], ['127.0.0.1']);
  expect(looked(under, 'http://a.test/')).toEqual(['8.8.8.8']);
  expect(looked(under, 'http://a.test/')).toContain('not on the public Internet');
  expect(asked).toEqual(['a.test', 'a.test']);
});

it('with public, goes to a listed host wherever it is, on the listed port only', () => {
  const { guard: under } = guard('public', ['store.internal:9000', '10.0.0.7'], ['10.0.0.5'], ['10.0.0.5']);
  expect(looked(under, 'http://store.internal:9000/')).toEqual(['10.0.0.5']);
  expect(looked(under, 'http://store.internal:9001/')).toContain('not on the public Internet');
  expect(under.refusal(new URL('http://10.0.0.7/'))).toBeNull();
  expect(under.refusal(new URL('http://10.0.0.8/'))).toContain('not on the public Internet');
});

it('with listed, goes to listed hosts only', () => {
  const { guard: under } = guard('listed', ['*.example.com'], ['10.0.0.5']);
  expect(under.refusal(new URL('http://8.8.8.8/'))).toContain('not in --url-hosts');
  expect(under.refusal(new URL('http://example.com/'))).toContain('not in --url-hosts');
  expect(under.refusal(new URL('http://a.example.com/'))).toBeNull();
  expect(looked(under, 'http://a.example.com/')).toEqual(['10.0.0.5']);
});

it('passes on what the look-up itself says', () => {
  const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND a.test'), { code: 'ENOTFOUND' });
  const under = new UrlGuard({ urlAccess: 'public', urlHosts: [] }, (_name, _options, callback) =>
    callback(unknown, ''),
  );
  expect(looked(under, 'http://a.test/')).toBe(unknown.message);
});
