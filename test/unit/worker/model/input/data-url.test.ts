import { expect, it } from 'vitest';
import { decodeDataUrl } from '../../../../../src/worker/model/input/data-url.ts';

it.each([
  ['data:text/plain;base64,aGVsbG8=', 'text/plain', 'hello'],
  ['data:text/plain;base64,aGVsbG8', 'text/plain', 'hello'],
  ['DATA:Text/HTML;BASE64,aGVsbG8=', 'text/html', 'hello'],
  ['data:image/svg+xml;charset=utf-8;name=a.svg;base64,aGVsbG8=', 'image/svg+xml', 'hello'],
  ['data:;base64,aGVsbG8=', 'text/plain', 'hello'],
  ['data:text/plain; base64 ,aGVs\nbG8=', 'text/plain', 'hello'],
  ['data:text/plain;base64,aGVsbG8%3D', 'text/plain', 'hello'],
  ['data:x/y;base64,_-__', 'x/y', Buffer.from([0xff, 0xef, 0xff])],
  ['data:x/y;base64,', 'x/y', ''],
  ['data:,', 'text/plain', ''],
  ['data:,hello', 'text/plain', 'hello'],
  ['data:text/plain;charset=utf-8,a%20b%2Cc,d', 'text/plain', 'a b,c,d'],
  ['data:text/plain,gr%C3%BC%c3%9fe 🐾', 'text/plain', 'grüße 🐾'],
  ['data:text/plain,100%,%4,%zz,%%41', 'text/plain', '100%,%4,%zz,%A'],
  ['data:image/svg+xml,<svg fill="#fff"/>', 'image/svg+xml', '<svg fill="#fff"/>'],
  ['data:nonsense,a', 'text/plain', 'a'],
])('decodes %s', (url, mediaType, content) => {
  expect(decodeDataUrl(url, 100)).toMatchObject({ mediaType, bytes: Buffer.from(content) });
});

it.each([
  ['data:text/plain', 'it has no comma between its media type and its data'],
  ['data:text/plain;base64', 'no comma'],
  ['data:;base64,a', 'not valid base64'],
  ['data:;base64,a*bc', 'not valid base64'],
  ['data:;base64,ab=c', 'not valid base64'],
  ['data:;base64,abc==', 'not valid base64'],
  ['data:;base64,abcd====', 'not valid base64'],
  ['data:;base64,grün', 'not valid base64'],
])('refuses %s', (url, message) => {
  expect(() => decodeDataUrl(url, 100)).toThrow(message);
});

it('accepts exactly as many bytes as are allowed', () => {
  const encode = (bytes: number) => `data:;base64,${Buffer.alloc(bytes).toString('base64')}`;
  const percent = (bytes: number) => `data:,${'%00'.repeat(bytes)}`;
  for (const url of [encode, percent, (bytes: number) => `data:,${'x'.repeat(bytes)}`]) {
    for (const bytesMax of [10, 11, 12]) {
      expect(decodeDataUrl(url(bytesMax), bytesMax).bytes).toHaveLength(bytesMax);
      const tooMany = () => decodeDataUrl(url(bytesMax + 1), bytesMax);
      expect(tooMany).toThrow(
        `it is larger than ${bytesMax} bytes; send a smaller file or raise --max-input-bytes`,
      );
    }
  }
});

it.each([
  ['data:,a', null],
  ['data:text/plain;base64,aGk=', null],
  ['data:text/plain;name=;base64,aGk=', null],
  ['data:text/plain;name=a.txt;base64,aGk=', 'a.txt'],
  ['data:image/png; Name = "my%20cat.png" ;base64,aGk=', null],
  ['data:image/png; Name="my%20cat.png" ;base64,aGk=', 'my cat.png'],
  ['data:;filename=b;name=gr%C3%BCn%2C%3B/..%2Fx.txt;charset=utf-8,hi', 'grün,;/../x.txt'],
  ['data:;name=100%,hi', '100%'],
])('the name in %s is %s', (url, name) => {
  expect(decodeDataUrl(url, 100).name).toBe(name);
});
