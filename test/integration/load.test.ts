import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadInChild } from '../helpers/load-in-child.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pawl-load-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('loading', () => {
  it.each(['mts', 'mjs', 'js', 'cts', 'cjs', 'tsx'])('takes .%s', async (extension) => {
    const { called } = await loadInChild(`extension.${extension}`, null, { s: 'x' });
    expect(called).toEqual({ value: extension === 'tsx' ? 'tsx b x' : `${extension} x` });
  });

  it('takes TypeScript with the tsconfig.json beside it, and shares its classes with the package', async () => {
    const { called } = await loadInChild('typescript/predict.ts', null, { key: 'hunter2' });
    expect(called).toEqual({ value: 'traced HELLO world - ********** true' });
  });

  it('keeps the position of an error in TypeScript', async () => {
    const { called } = await loadInChild('typescript/predict.ts', null, { key: 'x', fail: true });
    expect(called?.error?.stack).toMatch(/RangeError: line 3\n\s+at .*typescript\/predict\.ts:35:11\)?\n/);
  });

  it('takes TypeScript from a folder that says nothing of modules, positions included', async () => {
    expect((await loadInChild('typeless/predict.ts')).called).toEqual({ value: 'typeless' });
    const { called } = await loadInChild('typeless/predict.ts', null, { fail: true });
    expect(called?.error?.stack).toMatch(
      /RangeError: from a typeless folder\n\s+at .*typeless\/predict\.ts:12:13\)?(\n|$)/,
    );
  });

  it.each(['assigned', 'named', 'compiled'])('takes CommonJS: %s', async (name) => {
    expect((await loadInChild(`typeless/${name}.js`)).called).toEqual({ value: name });
  });

  it('takes a named export that only the running module knows', async () => {
    expect((await loadInChild('typeless/named.js', 'other')).called).toEqual({ value: 'other' });
  });
});

describe('a reference that cannot be loaded', () => {
  const failures: readonly (readonly [what: string, file: string, name: string | null, message: RegExp])[] = [
    [
      'no file',
      'nowhere.ts',
      null,
      /nowhere\.ts cannot be read: there is no such file; check the predictor reference$/,
    ],
    [
      'a directory',
      'typescript',
      null,
      /typescript is a directory: name the file in it, for instance .*\/typescript\/predict\.ts$/,
    ],
    [
      'another language',
      'typeless/package.json',
      null,
      /package\.json is no TypeScript or JavaScript: .*ends in \.ts \.mts/,
    ],
    [
      'no such export',
      'broken/exports.mjs',
      'Predictor',
      /exports\.mjs has no export Predictor\. It exports helper \(an object\), names \(a list\), weights \(a number\)\. Name one of them after the file: .*exports\.mjs:NAME$/,
    ],
    [
      'no predictor',
      'broken/exports.mjs',
      null,
      /exports\.mjs exports no predictor: none of default, Predictor, Runner, predict is a class.* It exports helper/,
    ],
    ['no export at all', 'broken/empty.mjs', null, /exports no predictor: .* It exports nothing\.$/],
    ['a throw', 'broken/throws.ts', null, /throws\.ts could not be imported: TypeError: no weights$/],
    ['a rejection', 'broken/rejects.mjs', null, /rejects\.mjs could not be imported: TypeError: no weights$/],
    ['a thrown text', 'broken/throws-text.mjs', null, /could not be imported: it threw just a text$/],
    [
      'a missing import',
      'broken/missing-import.mjs',
      null,
      /could not be imported: Error: Cannot find module .*nowhere\.mjs/,
    ],
    [
      'pawl not installed (mjs)',
      'OUTSIDE/no-package.mjs',
      null,
      /no-package\.mjs imports 'pawl', which is not installed there: run npm install pawl in .*$/,
    ],
    [
      'pawl not installed (cjs)',
      'OUTSIDE/no-package.cjs',
      null,
      /imports 'pawl', which is not installed there/,
    ],
    [
      'pawl not installed (ts)',
      'OUTSIDE/no-package.ts',
      null,
      /imports 'pawl', which is not installed there/,
    ],
    [
      'a constructor that throws',
      'broken/constructor.mjs',
      null,
      /the constructor of .*constructor\.mjs \(export Predictor\) threw TypeError: no weights$/,
    ],
  ];

  beforeAll(async () => {
    // Outside of the checkout: within it the package finds itself.
    const definition = '\nexport default definePredictor({ predict: () => 1 });\n';
    for (const name of ['no-package.mjs', 'no-package.ts']) {
      await writeFile(path.join(folder, name), `import { definePredictor } from 'pawl';${definition}`);
    }
    await writeFile(path.join(folder, 'no-package.cjs'), "require('pawl');\n");
  });

  it.each(failures)('says what is wrong: %s', async (_what, file, name, message) => {
    const { error } = await loadInChild(file.replace('OUTSIDE', folder), name);
    expect(error).toMatchObject({ name: 'PawlError', code: 'PAWL_LOAD_FAILED' });
    expect(error?.message).toMatch(message);
  });

  it('keeps the stack of what the module threw, with its position', async () => {
    const { cause } = await loadInChild('broken/throws.ts');
    expect(cause?.stack).toMatch(/TypeError: no weights\n\s+at .*broken\/throws\.ts:8:29/);
  });

  it.each(['syntax.mjs', 'syntax.cjs', 'syntax.ts'])('names the line of a syntax error: %s', async (name) => {
    const file = path.join(folder, name);
    await writeFile(file, 'const a = 1;\nlet x = ;\n');
    const { error, cause } = await loadInChild(file);
    expect(error?.code).toBe('PAWL_LOAD_FAILED');
    // The stack of a compiler tells nothing.
    if (name.endsWith('ts')) expect(cause).toBeNull();
    expect(error?.message).toMatch(name.endsWith('ts') ? /syntax\.ts:2:8/ : /SyntaxError: .*\(line 2\)$/);
  });
});
