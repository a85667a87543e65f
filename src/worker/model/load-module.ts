// A file → its exports. TypeScript goes through tsx with the tsconfig.json nearest to the file, but for a simple file,
// which load-single.ts runs; JavaScript is imported as it is. What a module throws while it is imported is the user's:
// it is passed on as the cause, stack and all.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { IS_COMPILED } from '../../base/compiled.ts';
import { importModule } from '../../base/import-module.ts';
import { packagePath } from '../../base/package-place.ts';
import type { ModuleExports } from './load-export.ts';
import { importFailure } from './load-failure.ts';
import { compileSingle, importSingle, type Single } from './load-single.ts';
import { guessOwnPackages } from './own-packages.ts';

const JAVASCRIPT = ['.js', '.mjs', '.cjs'];
const COMPILED = ['.ts', '.mts', '.cts', '.tsx', '.jsx'];
const IMPORTS_THIS_PACKAGE = /['"]pawl['"]/;
const TSCONFIG_VARIABLE = 'TSX_TSCONFIG_PATH';

export const EXTENSIONS: readonly string[] = [...COMPILED, ...JAVASCRIPT];

export function canLoad(file: string): boolean {
  return EXTENSIONS.includes(path.extname(file));
}

/** A file whose loading has begun: nothing that the user wrote has run. */
export interface BegunModule {
  readonly file: string;
  readonly tsconfig: string | null;
  readonly single: Promise<Single | null>;
  /** This package, where the file imports it; never rejects. */
  readonly ahead: Promise<unknown>;
}

/** Never throws: where the file cannot be read, loading says so. */
export function beginModule(file: string): BegunModule {
  const isCompiled = COMPILED.includes(path.extname(file));
  const tsconfig = isCompiled ? nearestTsconfig(file) : null;
  const single = isCompiled ? compileSingle(file, tsconfig) : Promise.resolve(null);
  // A failure is told where it is waited for.
  single.catch(() => undefined);
  return { file, tsconfig, single, ahead: importAhead(file, isCompiled) };
}

/** With zod, which is most of what there is to load for many a predictor. */
async function importAhead(file: string, isCompiled: boolean): Promise<void> {
  if (!IS_COMPILED) return;
  const text = textOf(file);
  const hasOwn = isCompiled && guessOwnPackages(file, text) !== null;
  if (hasOwn || !IMPORTS_THIS_PACKAGE.test(text)) return;
  await importModule(pathToFileURL(packagePath('dist', 'index.js')).href).catch(() => undefined);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Loading says what is wrong with it.
    return '';
  }
}

/** @throws PawlError PAWL_LOAD_FAILED */
export async function loadModule(begun: BegunModule): Promise<ModuleExports> {
  const { file, tsconfig } = begun;
  // Stacks name the lines that the user wrote, also of JavaScript that was compiled before it came here.
  process.setSourceMapsEnabled(true);
  // Node cannot require() a module whose import() has begun and not ended.
  await begun.ahead;
  try {
    if (COMPILED.includes(path.extname(file))) {
      const single = await begun.single;
      const module = single === null ? null : await importSingle(single);
      if (module !== null) return module;
      await registerCompiler(tsconfig);
    }
    return await importModule(pathToFileURL(file).href);
  } catch (error) {
    throw await importFailure(file, error);
  }
}

/**
 * For the whole process, which is there for the predictor alone: imports that happen later, in setup() or predict(),
 * are compiled as well. tsx's scoped tsImport() would spoil the positions in CommonJS modules and give user code
 * second copies of the packages it shares with the worker.
 */
async function registerCompiler(tsconfig: string | null): Promise<void> {
  const [esm, cjs] = await Promise.all([
    importModule<typeof import('tsx/esm/api')>('tsx/esm/api'),
    importModule<typeof import('tsx/cjs/api')>('tsx/cjs/api'),
  ]);
  esm.register({ tsconfig: tsconfig ?? false });
  // The CommonJS half takes its tsconfig.json from the environment only. The predictor's own children get theirs.
  const before = process.env[TSCONFIG_VARIABLE];
  if (tsconfig !== null) process.env[TSCONFIG_VARIABLE] = tsconfig;
  try {
    cjs.register();
  } finally {
    if (before === undefined) delete process.env[TSCONFIG_VARIABLE];
    else process.env[TSCONFIG_VARIABLE] = before;
  }
}

function nearestTsconfig(file: string): string | null {
  let folder = path.dirname(file);
  for (;;) {
    const candidate = path.join(folder, 'tsconfig.json');
    if (existsSync(candidate)) return candidate;
    const parent = path.dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}
