// `pawl` and `zod` for a predictor that is one file: from one script with a code cache, where its imports would lead to
// this very pawl and to the zod that the script was made of. Nobody else in the process may come to import them then, so
// that each exists once.
import { readFileSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { IS_COMPILED, loadCompiled } from '../../base/compiled.ts';
import { importModule } from '../../base/import-module.ts';
import { isObject } from '../../base/json.ts';
import { packagePath } from '../../base/package-place.ts';

export type Packages = ReadonlyMap<string, object>;

const NAMES = ['pawl', 'zod'];
const IMPORTED = /\bfrom\s*['"]([^'"]+)['"]|\bimport\s*['"]([^'"]+)['"]/g;
const API = packagePath('dist', 'index.js');

/** For a file whose text reads as if it imported no more than the script has. Null where it does not. */
export function guessOwnPackages(file: string, text: string): Packages | null {
  const specifiers = [...text.matchAll(IMPORTED)].map(([, from, bare]) => from ?? bare ?? '');
  return ownPackages(file, specifiers);
}

/** What stands for the packages among `specifiers`; null where the file itself has to import them. */
export function ownPackages(file: string, specifiers: readonly string[]): Packages | null {
  const isAll = specifiers.every((one) => NAMES.includes(one) || isBuiltin(one));
  const isAny = specifiers.some((one) => NAMES.includes(one));
  if (!IS_COMPILED || !isAll || !isAny || !leadsHere(file, specifiers)) return null;
  loaded ??= load();
  return loaded;
}

let loaded: Packages | null = null;
/** Asked for by the guess and by the compiled file: a hundred files, each with a system call. */
let zodIsUnchanged: boolean | null = null;

function load(): Packages {
  const { pawl, zod } = loadCompiled('packages');
  const serve = async (options: unknown) => {
    const { serve } = await importModule(pathToFileURL(API).href);
    if (typeof serve === 'function') return Reflect.apply(serve, undefined, [options]);
  };
  return new Map<string, object>([
    ['pawl', Object.freeze({ ...pawl, serve })],
    ['zod', zod],
  ]);
}

/** The script has zod's code in it whether the file imports zod or not: pawl does. */
function leadsHere(file: string, specifiers: readonly string[]): boolean {
  const [there, here] = [createRequire(file), createRequire(API)];
  const names = NAMES.filter((name) => specifiers.includes(name));
  try {
    const isSame = names.every((name) => there.resolve(name) === here.resolve(name));
    if (!isSame) return false;
    zodIsUnchanged ??= isUnchanged(here.resolve('zod'));
    return zodIsUnchanged;
  } catch {
    // It is not there, or not as it was: whoever imports it says so.
    return false;
  }
}

/** Somebody may have mended or updated it where it lies. */
function isUnchanged(zod: string): boolean {
  const sizes: unknown = JSON.parse(readFileSync(packagePath('dist', 'compiled', 'zod-files.json'), 'utf8'));
  if (!isObject(sizes)) return false;
  return Object.entries(sizes).every(
    ([name, size]) => statSync(path.join(path.dirname(zod), name)).size === size,
  );
}
