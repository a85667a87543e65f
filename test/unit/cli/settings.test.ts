import { expect, it } from 'vitest';
import { SETTING_KEYS, SETTINGS } from '../../../src/cli/settings.ts';
import { LIMITS } from '../../../src/limits.ts';

const rows = SETTING_KEYS.map((key) => SETTINGS[key]);

it('names each flag and variable once', () => {
  const names = rows
    .flatMap((row) => [row.flag, row.variable, row.inherited?.name ?? null])
    .filter((n) => n !== null);
  expect(new Set(names).size).toBe(names.length);
});

it('names a variable like its flag, where it has one', () => {
  const expected = {
    '--max-input-bytes': 'PAWL_MAX_INPUT_BYTES',
    '--await-explicit-shutdown': 'PAWL_AWAIT_EXPLICIT_SHUTDOWN',
  };
  for (const row of rows) {
    if (row.flag === null) continue;
    expect(row.variable).toBe(`PAWL_${row.flag.slice(2).replaceAll('-', '_').toUpperCase()}`);
  }
  expect(Object.fromEntries(rows.map((row) => [row.flag, row.variable]))).toMatchObject(expected);
});

it('has a flag for each limit that claims one', () => {
  const flags: (string | null)[] = rows.map((row) => row.flag);
  for (const { flag } of Object.values(LIMITS)) if (flag !== null) expect(flags).toContain(flag);
});
