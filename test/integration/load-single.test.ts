import { expect, it } from 'vitest';
import { loadInChild } from '../helpers/load-in-child.ts';

it('runs a file that needs no loader without one, as a module of its package', async () => {
  const { called } = await loadInChild('single/plain.ts');
  expect(called).toEqual({
    value: {
      kind: 'fox',
      name: 'Answer',
      place: 'plain.ts',
      reads: true,
      isCommonJs: true,
      isOneZod: true,
    },
  });
  expect((await loadInChild('single/plain.ts', 'loaders')).called).toEqual({ value: false });
});

it('keeps the position of its errors', async () => {
  const { called } = await loadInChild('single/plain.ts', null, { fail: true });
  expect(called?.error?.stack).toMatch(/RangeError: too far\n\s+at .*single\/plain\.ts:23:21\)?\n/);
  const { error, cause } = await loadInChild('single/fails.ts');
  expect(error?.message).toMatch(/fails\.ts could not be imported: TypeError: no first weights$/);
  expect(cause?.stack).toMatch(/TypeError: no first weights\n\s+at .*single\/fails\.ts:10:34/);
});

it('says which import is missing', async () => {
  const { error } = await loadInChild('single/missing-name.ts');
  expect(error?.message).toMatch(/missing-name\.ts could not be imported: SyntaxError: .*'?nowhere'?/);
});

it.each(['awaits.ts', 'imports-later.ts'])('leaves to the loader what needs one: %s', async (file) => {
  expect((await loadInChild(`single/${file}`)).called).toEqual({ value: 'awaits function' });
});
