// Programs and libraries that scripts/bundle.mjs made into one script each, dist/compiled/NAME.cjs, and V8's code cache
// beside it, which scripts/code-cache.mjs makes. With it a script costs a third of the time and of the memory; one that
// is missing or damaged, or was made by another Node or from another text, is not used.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { importModule } from './import-module.ts';
import { CODE_FOLDER, packagePath } from './package-place.ts';

/** False where the sources themselves run, as in unit tests. */
export const IS_COMPILED = path.basename(CODE_FOLDER) === 'dist';

/** In front of the code: check sum and length of the text, and of the code; the rest is zero. */
const HEADER_BYTES = 32;

/** Runs the script, each time it is called, and returns what it exports. */
export function loadCompiled(name: string) {
  const file = packagePath('dist', 'compiled', `${name}.cjs`);
  const text = readFileSync(file);
  const cachedData = codeCache(file, text);
  // ASCII, as the bundler writes it.
  const script = new Script(text.toString('latin1'), { filename: file, ...(cachedData && { cachedData }) });
  const module: Pick<NodeJS.Module, 'exports'> = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, importModule);
  return module.exports;
}

function codeCache(file: string, text: Buffer): Buffer | undefined {
  try {
    const cache = readFileSync(`${file}.${process.version}-${process.arch}.cache`);
    const code = cache.subarray(HEADER_BYTES);
    // V8 looks at the lengths only, and a damaged cache ends the process.
    const isWhole = [text, code].every(
      (part, i) => cache.readUInt32LE(8 * i) === crc32(part) && cache.readUInt32LE(8 * i + 4) === part.length,
    );
    return isWhole ? code : undefined;
  } catch {
    // There need not be one.
    return undefined;
  }
}
