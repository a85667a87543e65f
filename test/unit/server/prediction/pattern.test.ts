import { expect, it } from 'vitest';
import { LIMITS } from '../../../../src/limits.ts';
import { isLinear, PatternUndecided, schemaPattern } from '../../../../src/server/prediction/pattern.ts';

it.each([
  '^$',
  '^a+$',
  '^[[]+$',
  '^[a-z0-9-]+$',
  '^[\\w-.]+$',
  '^#[0-9a-f]{6}$',
  '^\\d{4}-\\d{2}-\\d{2}$',
  '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  '^(cat|dog)$',
  '^(?:cat|dog)s?$',
  '^https:\\/\\/',
  '^([\\w.]+)@',
])('%s takes no guard', (source) => expect(isLinear(source)).toBe(true));

it.each([
  'a+',
  '^a|b+$',
  '^(a+)+$',
  '^(a?){30}a{30}$',
  '^(a|a)*$',
  '^(a|aa)(a|aa)$',
  '^a*a*$',
  '^a+?$',
  '^\\d{1,9}x\\d{1,9}$',
  '^(?=.*\\d).{8,}$',
  '^(?!a)b*$',
  '^(.)\\1$',
  '^\\p{L}+$',
  '^[^\\u0000]+$',
])('%s takes a guard', (source) => expect(isLinear(source)).toBe(false));

it.each(['^(a+)+$', '^(?=a)(a+)+$', '(a*)*b', '^(a|a)*$', '^([a-z]+)*\\p{Lu}$'])(
  '%s answers as a regular expression does, as long as it is quick',
  (source) => {
    const pattern = schemaPattern(source);
    for (const text of ['', 'a', 'aaa', 'b', 'aab', 'aA', 'a!']) {
      expect([text, pattern.test(text)]).toEqual([text, new RegExp(source, 'u').test(text)]);
    }
  },
);

it('is undecided after its time, and then at once for texts as long', () => {
  const pattern = schemaPattern('^(a+)+$');
  const evil = `${'a'.repeat(80)}!`;
  expect(() => pattern.test(evil)).toThrow(PatternUndecided);
  // A thousand more would take far more than any test may, were they tried.
  for (let times = 0; times < 1_000; times++) {
    expect(() => pattern.test(`${evil}${times}`)).toThrow(PatternUndecided);
  }
  expect(pattern.test('aaa')).toBe(true);
  expect(LIMITS.patternMs.value).toBeLessThanOrEqual(250);
  expect(Object.getOwnPropertySymbols(globalThis)).not.toContain(Symbol.for('pawl.pattern'));
});

it('reads a pattern that is legal only without Unicode, and refuses a malformed one', () => {
  expect(schemaPattern('^[\\w-.]+$').test('a-b')).toBe(true);
  expect(() => schemaPattern('(')).toThrow(SyntaxError);
});
