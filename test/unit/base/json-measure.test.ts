import { expect, it } from 'vitest';
import { mayOverflow, overflowIn } from '../../../src/base/json-measure.ts';

const MAX_DIGITS = `17976931348623157${'0'.repeat(292)}`;

it.each<[string, (string | number)[] | null]>([
  ['1e999', []],
  ['-1E+400', []],
  ['[1,[{"a":1e309}]]', [1, 0, 'a']],
  ['{"a":[0,2],"b":{"0":[null,-1e999]}}', ['b', '0', 1]],
  [`{"a":${'9'.repeat(309)}}`, ['a']],
  [`{"a":"${'9'.repeat(309)}1e999"}`, null],
  [`[${MAX_DIGITS},1.7976931348623157e308,1e-999,5e-324]`, null],
  ['{"1e999":[true,"1e999"]}', null],
])('in %s the infinite number stands at %j', (text, expected) => {
  expect(overflowIn(JSON.parse(text))).toEqual(expected);
  if (expected !== null) expect(mayOverflow(text)).toBe(true);
});

it('need not look into ordinary texts', () => {
  const ordinary = '{"a":[1,-2.5,1e10,1E-7,12345678901234567890],"b":"text with 1e5 and 3e"}';
  expect(mayOverflow(ordinary)).toBe(false);
});
