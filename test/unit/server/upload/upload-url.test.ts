import { describe, expect, it } from 'vitest';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import { uploadedUrl, uploadUrl } from '../../../../src/server/upload/upload-url.ts';

const of = (base: string, name: string, mediaType = 'image/png') =>
  uploadUrl(new URL(base), asPredictionId('p~1'), { name, mediaType }, 'u1').href;

describe('where a file is put', () => {
  it.each([
    ['http://h', 'a.png', 'http://h/p~1/u1/a.png'],
    ['http://h/up/', 'a.png', 'http://h/up/p~1/u1/a.png'],
    ['http://h/up', 'Ä b#?%.png', 'http://h/up/p~1/u1/%C3%84%20b%23%3F%25.png'],
    ['http://h/up', 'noext', 'http://h/up/p~1/u1/noext.png'],
    ['http://h/up', '../../x.png', 'http://h/up/p~1/u1/x.png'],
    ['http://h/up', '..', 'http://h/up/p~1/u1/output.png'],
    ['http://h/up?sig=a%2Fb', 'a.png', 'http://h/up/p~1/u1/a.png?sig=a%2Fb'],
    ['https://me:pw@h:8443/up', 'a.png', 'https://me:pw@h:8443/up/p~1/u1/a.png'],
  ])('below %s, called %s', (base, name, url) => expect(of(base, name)).toBe(url));

  it('is a place that no other file has', () => {
    const file = { name: 'a.png', mediaType: 'image/png' };
    const urls = Array.from(
      { length: 100 },
      () => uploadUrl(new URL('http://h'), asPredictionId('p'), file).href,
    );
    expect(new Set(urls).size).toBe(100);
  });
});

describe('where it is then', () => {
  const target = new URL('http://me:pw@h/up/p/u/a.png?sig=1');
  it.each([
    [undefined, 'http://h/up/p/u/a.png'],
    ['https://cdn/x.png?token=1#page', 'https://cdn/x.png#page'],
    ['/x.png?token=1', 'http://h/x.png'],
    ['http://[', 'http://['],
  ])('with Location %s', (location, url) => expect(uploadedUrl(target, location)).toBe(url));
});
