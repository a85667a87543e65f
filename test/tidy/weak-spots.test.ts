import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { WEAK_SPOTS } from '../conformance/weak-spots.ts';

const ROOT = new URL('../../', import.meta.url);
const LAST = 61;

it('the table of weak spots leaves none out', () => {
  const numbers = Array.from({ length: LAST }, (_, i) => i + 1);
  expect(Object.keys(WEAK_SPOTS).map(Number)).toEqual(numbers);
});

it('names tests that exist', () => {
  const missing = Object.entries(WEAK_SPOTS).flatMap(([number, { shown }]) =>
    shown.filter((reference) => !isThere(reference)).map((reference) => `W-${number}: ${reference}`),
  );
  expect(missing).toEqual([]);
});

function isThere(reference: string): boolean {
  const [file = '', title = ''] = reference.split(' › ');
  const url = new URL(file, ROOT);
  return title !== '' && existsSync(url) && readFileSync(url, 'utf8').includes(title);
}
