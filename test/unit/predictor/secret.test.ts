import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/predictor/secret.ts';

const MASK = '**********';
const secret = new Secret('hunter2');

describe('Secret', () => {
  it('is revealed by name only', () => {
    expect(secret.reveal()).toBe('hunter2');
    expect(Object.values(secret)).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ['a template', () => `${secret}`],
    ['string concatenation', () => `${String(secret)}`],
    ['JSON', () => JSON.parse(JSON.stringify(secret))],
    ['console', () => format(secret)],
    ['console with %s', () => format('%s', secret)],
    ['an inspection that shows hidden members', () => inspect(secret, { showHidden: true, depth: 9 })],
  ])('is masked in %s', (_where, print) => {
    expect(print()).toBe(MASK);
  });

  it('is masked inside other values', () => {
    expect(JSON.stringify({ key: secret })).toBe(`{"key":"${MASK}"}`);
    expect(inspect({ key: [secret] }, { showHidden: true })).not.toContain('hunter2');
    expect(JSON.stringify(structuredClone(secret))).not.toContain('hunter2');
  });

  it('is known by its brand', () => {
    expect({ [Symbol.for('pawl.Secret')]: true }).toBeInstanceOf(Secret);
    expect('hunter2').not.toBeInstanceOf(Secret);
  });
});
