// A predictor that is one file of TypeScript, in a package of ES modules: compiled by esbuild, which tsx uses as well,
// and run here. That spares tsx's loader, a thread of its own on Node 20, through which each module of each package
// goes. Whatever is not plainly such a file, and whatever fails before its first statement runs, is left to tsx.
import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildResult, Metafile } from 'esbuild';
import { isInstalledPackage } from './installed-package.ts';
import type { ModuleExports } from './load-export.ts';
import { ownPackages } from './own-packages.ts';

type Result = BuildResult<{ metafile: true; write: false }>;
type Imported = ReadonlyMap<string, object>;

/** What would see that it is run as CommonJS, or may load more TypeScript later. */
const NOT_PLAIN =
  /\bimport\s*\(|\brequire\b(?!\(")|\b(?:__filename|__dirname|createRequire|__reExport)\b|\bexports\b|\bmodule\s*[.[]|typeof module\b|\.[cm]?tsx?["'`]/;
/** Around the code of the file: helpers before it, names for a parser behind. */
const BEGIN = 'module.exports = __toCommonJS(';
const END = '// Annotate the CommonJS export names for ESM import in node:\n';
const LOADERS = new Set(['module', 'vm', 'worker_threads']);
/** tsx finds some of what Node does not. */
const NOT_FOUND = new Set([
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNKNOWN_FILE_EXTENSION',
]);

/** A file that can be run, and what it imports. */
export interface Single {
  readonly file: string;
  readonly specifiers: readonly string[];
  /** All of it, and what was written in the file. */
  readonly text: string;
  readonly code: string;
}

/** Null where tsx has to do it. Nothing of the user's runs. */
export async function compileSingle(file: string, tsconfig: string | null): Promise<Single | null> {
  if (!isModule(file)) return null;
  const result = await compile(file, tsconfig);
  const specifiers = result === null ? null : importsOf(file, result.metafile);
  const text = result?.outputFiles[0]?.text;
  if (specifiers === null || text === undefined) return null;
  const [, code] = text.split('\n//# sourceMappingURL=', 1)[0]?.split(END, 1)[0]?.split(BEGIN) ?? [];
  if (code === undefined || NOT_PLAIN.test(withoutOwnName(code, file))) return null;
  return { file, specifiers, text, code };
}

/** Null where tsx has to do it, after all. What the file and its packages throw is passed on. */
export async function importSingle({ file, specifiers, text, code }: Single): Promise<ModuleExports | null> {
  const imported = await importAll(file, specifiers);
  if (imported === null || !areExported(code, imported)) return null;
  // Imported they are modules already, their default export included.
  return run(file, text.replace('var __toESM = ', 'var __toESM = (module) => module, __unused = '), imported);
}

/** Null where esbuild has anything to say. */
async function compile(file: string, tsconfig: string | null): Promise<Result | null> {
  const load = createRequire(createRequire(import.meta.url).resolve('tsx/package.json'));
  const esbuild: typeof import('esbuild') = load('esbuild');
  try {
    const result = await esbuild.build({
      entryPoints: [file],
      bundle: true,
      packages: 'external',
      format: 'cjs',
      platform: 'node',
      target: `node${process.versions.node}`,
      keepNames: true,
      // As a module is, whatever its tsconfig.json says.
      banner: { js: '"use strict";' },
      sourcemap: 'inline',
      metafile: true,
      write: false,
      outfile: file.replace(/\.\w+$/, '.cjs'),
      logLevel: 'silent',
      define: {
        'import.meta.url': JSON.stringify(pathToFileURL(file).href),
        'import.meta.filename': JSON.stringify(file),
        'import.meta.dirname': JSON.stringify(path.dirname(file)),
      },
      ...(tsconfig === null ? { tsconfigRaw: {} } : { tsconfig }),
    });
    return result.warnings.length === 0 ? result : null;
  } catch {
    // tsx says what is wrong.
    return null;
  } finally {
    await esbuild.stop();
  }
}

/** What import.meta has become names TypeScript, and loads none. */
function withoutOwnName(code: string, file: string): string {
  return code.replaceAll(JSON.stringify(pathToFileURL(file).href), '').replaceAll(JSON.stringify(file), '');
}

/** What the one file imports; null where there are others, or where it imports in other ways than by statements. */
function importsOf(file: string, metafile: Metafile): readonly string[] | null {
  const [input, ...others] = Object.values(metafile.inputs);
  const [output] = Object.values(metafile.outputs);
  if (input === undefined || output === undefined || others.length > 0) return null;
  const arePlain = input.imports.every(({ kind }) => kind === 'import-statement');
  const specifiers = output.imports.map((one) => one.path);
  const areFound = specifiers.every((one) => isInstalledPackage(file, one));
  const canLoad = specifiers.some((one) => LOADERS.has(one.replace(/^node:/, '')));
  return arePlain && areFound && !canLoad ? [...new Set(specifiers)] : null;
}

/** As the file would, and in its order. */
async function importAll(file: string, specifiers: readonly string[]): Promise<Imported | null> {
  const importHere = run(file, 'module.exports = { import: (specifier) => import(specifier) };', new Map());
  const load: unknown = importHere.import;
  if (typeof load !== 'function') return null;
  const imported = new Map<string, object>();
  const own = ownPackages(file, specifiers);
  try {
    for (const specifier of specifiers) {
      imported.set(specifier, own?.get(specifier) ?? (await load(specifier)));
    }
    return imported;
  } catch (error) {
    // A package that threw would not throw again: of CommonJS, Node gives what there is the second time.
    if (error instanceof Error && NOT_FOUND.has(String(Reflect.get(error, 'code')))) return null;
    throw error;
  }
}

/** An import of what is not there is an error, and tsx tells it. */
function areExported(code: string, imported: Imported): boolean {
  const names = new Map<string, object>();
  for (const [, name = '', specifier = ''] of code.matchAll(
    /^(?:var|let|const) (import_\w+) = (?:__toESM\()?require\("([^"]+)"\)/gm,
  )) {
    const module = imported.get(specifier);
    if (module !== undefined) names.set(name, module);
  }
  return [...code.matchAll(/\b(import_\w+)\.([\w$]+)/g)].every(([, name = '', key = '']) => {
    const module = names.get(name);
    return module === undefined || key in module;
  });
}

function run(file: string, code: string, imported: Imported): ModuleExports {
  const module = new Module(file);
  module.filename = file;
  module.require = Object.assign((specifier: string) => imported.get(specifier), module.require);
  // Node's own way of running CommonJS, which reads the source map as well.
  Reflect.apply(Reflect.get(module, '_compile'), module, [code, file, 'commonjs']);
  return module.exports;
}

/** Elsewhere tsx makes CommonJS of it, with other rules for what packages export. */
function isModule(file: string): boolean {
  const extension = path.extname(file);
  if (extension !== '.ts' && extension !== '.tsx') return extension === '.mts';
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const type = packageType(path.join(folder, 'package.json'));
    if (type !== null || folder === path.dirname(folder)) return type === 'module';
  }
}

/** Null where there is no package.json. */
function packageType(manifest: string): unknown {
  try {
    const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
    return (typeof content === 'object' && content !== null && Reflect.get(content, 'type')) ?? 'none';
  } catch {
    return null;
  }
}
