import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadInChild } from '../helpers/load-in-child.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'pawl-packages-')));
  write('package.json', '{"type": "module"}');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

it('runs it as strictly as a module, where no tsconfig.json asks for that', async () => {
  const file = write(
    'predict.ts',
    `function self(this: unknown) { return this; }
    export function predict() {
      try { undeclared = 1; } catch (error) { return [self() === undefined, (error as Error).name]; }
    }`,
  );
  expect((await loadInChild(file)).called).toEqual({ value: [true, 'ReferenceError'] });
});

it('shows it nothing of CommonJS', async () => {
  const file = write('predict.ts', 'export function predict() { return String(exports); }');
  expect((await loadInChild(file)).called?.error?.message).toBe('exports is not defined');
});

it('leaves to the loader a package that is linked from beside it and is TypeScript', async () => {
  write('packages/kinds/package.json', '{"name": "kinds", "type": "module", "exports": "./kinds.ts"}');
  write('packages/kinds/kinds.ts', `import { name } from './name'; export enum Kind { Fox = name.length }`);
  write('packages/kinds/name.ts', `export const name: string = 'fox';`);
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync('../packages/kinds', path.join(folder, 'node_modules/kinds'));
  const file = write(
    'predict.ts',
    `import { Kind } from 'kinds'; export function predict() { return Kind.Fox; }`,
  );
  expect((await loadInChild(file)).called).toEqual({ value: 3 });
});

it('leaves to the loader JSON that is imported without an attribute, and the package itself by its name', async () => {
  write('node_modules/words/list.json', '{"first": "fox"}');
  write('node_modules/words/package.json', '{"name": "words"}');
  write('package.json', '{"name": "own", "type": "module", "exports": {"./more": "./more.ts"}}');
  write('more.ts', 'export enum More { Here = 1 }');
  const file = write(
    'predict.ts',
    `import list from 'words/list.json'; import { More } from 'own/more';
    export function predict() { return [list.first, More.Here]; }`,
  );
  expect((await loadInChild(file)).called).toEqual({ value: ['fox', 1] });
});

it.each(['module', 'commonjs'])('fails where a package fails: %s', async (type) => {
  write('node_modules/fails/package.json', JSON.stringify({ name: 'fails', type, exports: './fails.js' }));
  write('node_modules/fails/fails.js', `throw new RangeError('no weights');`);
  const file = write('predict.ts', `import 'fails'; export function predict() { return 'as if'; }`);
  const { error, cause } = await loadInChild(file);
  expect(error?.message).toMatch(/predict\.ts could not be imported: RangeError: no weights$/);
  expect(cause?.stack).toMatch(/RangeError: no weights\n\s+at .*fails\.js:1:7/);
});
