import { expect, it } from 'vitest';
import {
  extensionOf,
  mediaTypeEssence,
  mediaTypeOfName,
  safeFileName,
  uniqueFileName,
} from '../../../src/base/file-name.ts';

it.each([
  ['cat.png', 'cat.png'],
  ['a/b\0c', 'a_b_c'],
  ['../../etc/passwd', '.._.._etc_passwd'],
  ['', 'file'],
  ['.', 'file'],
  ['..', 'file'],
  ['.hidden', '.hidden'],
  ['grüße 🐾.jpg', 'grüße 🐾.jpg'],
  ['a\ud800.png', 'a\ufffd.png'],
  [`${'x'.repeat(196)}.png`, `${'x'.repeat(196)}.png`],
  [`${'x'.repeat(197)}.png`, `${'x'.repeat(195)}~.png`],
  ['y'.repeat(300), `${'y'.repeat(199)}~`],
  [`${'é'.repeat(150)}.png`, `${'é'.repeat(97)}~.png`],
  [`a.${'z'.repeat(250)}`, `a.${'z'.repeat(197)}~`],
])('makes %j safe', (name, expected) => {
  const safe = safeFileName(name, 'file');
  expect(safe).toBe(expected);
  expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
});

it('tells equal names apart, also where only the case differs', () => {
  const used = new Set<string>();
  const names = ['a.png', 'a.png', 'A.PNG', 'a-2.png', 'b', 'b'].map((name) => uniqueFileName(name, used));
  expect(names).toEqual(['a.png', 'a-2.png', 'A-3.PNG', 'a-2-2.png', 'b', 'b-2']);
});

it('keeps a name within its limit when it adds a number', () => {
  const used = new Set<string>();
  const long = `${'x'.repeat(196)}.png`;
  expect([uniqueFileName(long, used), uniqueFileName(long, used)]).toEqual([
    long,
    `${'x'.repeat(193)}~-2.png`,
  ]);
});

it.each([
  ['a.tar.gz', '.gz'],
  ['a', ''],
  ['.env', ''],
  ['a.', ''],
  [`a.${'x'.repeat(40)}`, ''],
])('takes the extension of %s', (name, extension) => {
  expect(extensionOf(name)).toBe(extension);
});

it('knows media types by extension, in any case, and only by extension', () => {
  expect([mediaTypeOfName('a.PNG'), mediaTypeOfName('png'), mediaTypeOfName('a.unheard-of')]).toEqual([
    'image/png',
    null,
    null,
  ]);
});

it('reduces a media type to its essence', () => {
  expect(['Image/PNG; q=1', 'text/plain', '', 'nonsense', ' a/b '].map(mediaTypeEssence)).toEqual([
    'image/png',
    'text/plain',
    null,
    null,
    'a/b',
  ]);
});
