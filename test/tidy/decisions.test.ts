import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const FOLDER = new URL('../../docs/decisions/', import.meta.url);
const names = readdirSync(FOLDER).sort();

it('decisions are numbered from 1, each number once', () => {
  expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, i) => i + 1));
});

it.each(names)('%s has its number in its title', (name) => {
  const [title] = readFileSync(new URL(name, FOLDER), 'utf8').split('\n');
  expect(title).toMatch(new RegExp(`^# ${Number(name.slice(0, 4))}\\. \\S`));
});
