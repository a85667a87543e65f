import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../../src/base/format-bytes.ts';
import { bytes, oneOf, origins, seconds, wholeNumber, yesOrNo } from '../../../src/cli/flag-values.ts';

describe('wholeNumber', () => {
  const port = wholeNumber({ min: 0, max: 65_535 });

  it.each([
    ['0', 0],
    ['5000', 5000],
    ['65535', 65_535],
  ])('takes %s', (text, value) => {
    expect(port.parse(text)).toBe(value);
  });

  it.each(['', 'abc', '-1', '65536', '1.5', '1e3', '0x10', ' 1', '99999999999999999999'])(
    'refuses %j',
    (text) => {
      expect(port.parse(text)).toBeUndefined();
    },
  );
});

describe('seconds', () => {
  it.each([
    ['1', 1000],
    ['0.25', 250],
    ['.5', 500],
    ['2.', 2000],
  ])('takes %s as milliseconds', (text, ms) => {
    expect(seconds('above zero').parse(text)).toBe(ms);
  });

  it.each(['', '-1', 'ten', '5s', 'Infinity', '3000000'])('refuses %j', (text) => {
    expect(seconds('zero allowed').parse(text)).toBeUndefined();
  });

  it('takes 0 only where no time at all makes sense', () => {
    expect(seconds('zero allowed').parse('0')).toBe(0);
    expect(seconds('above zero').parse('0')).toBeUndefined();
  });
});

describe('bytes', () => {
  const size = bytes(2 ** 40);

  it.each([
    ['1', 1],
    ['1048576', 1_048_576],
    ['10MB', 10_000_000],
    ['10MiB', 10_485_760],
    ['1.5 GiB', 1_610_612_736],
    ['500kb', 500_000],
    ['20B', 20],
  ])('takes %s', (text, value) => {
    expect(size.parse(text)).toBe(value);
  });

  it.each(['', '0', '-5', '1.5', '10 M', 'MiB', '2TiB', '1e6', '5constructor'])('refuses %j', (text) => {
    expect(size.parse(text)).toBeUndefined();
  });

  it('says its largest value in a unit', () => {
    expect(size.accepts).toContain('1 TiB');
    expect(formatBytes(100 * 2 ** 20)).toBe('100 MiB');
    expect(formatBytes(1000)).toBe('1000 bytes');
  });
});

describe('origins', () => {
  it.each([
    ['https://app.example', ['https://app.example']],
    ['http://localhost:3000, HTTPS://App.Example:443', ['http://localhost:3000', 'https://app.example']],
    ['http://[::1]:80/', ['http://[::1]']],
    ['*', ['*']],
  ])('takes %s', (text, value) => {
    expect(origins.parse(text)).toEqual(value);
  });

  it.each([
    '',
    ',',
    'app.example',
    'https://app.example/path',
    'https://a,',
    'https://a?b',
    'null',
    'file:///x',
  ])('refuses %j', (text) => {
    expect(origins.parse(text)).toBeUndefined();
  });
});

describe('words', () => {
  it('takes a word as it is written, and names the others', () => {
    const restart = oneOf(['on-crash', 'never']);
    expect(restart.parse('never')).toBe('never');
    expect(restart.parse('Never')).toBeUndefined();
    expect(restart.accepts).toBe('"on-crash" or "never"');
  });

  it.each([
    ['true', true],
    ['1', true],
    ['False', false],
    ['0', false],
    ['yes', undefined],
    ['', undefined],
  ])('reads %j as %j for a switch', (text, value) => {
    expect(yesOrNo.parse(text)).toBe(value);
  });
});
