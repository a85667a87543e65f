// The newest glibc symbol a binary needs decides on which systems it loads. Reads it and compares it with a ceiling.
import { execFileSync } from 'node:child_process';

// What Node's own Linux binaries need since version 18: where Node runs, the addon loads.
export const CEILING = '2.28';

/** `['2.14', 'memcpy']`-like pairs above the ceiling, from the text of `objdump -T`. */
export function symbolsAbove(ceiling, dynamicSymbols) {
  const found = [...dynamicSymbols.matchAll(/\(?GLIBC_([0-9.]+)\)?\s+(\S+)/g)];
  return found.map(([, version, name]) => [version, name]).filter(([version]) => isNewer(version, ceiling));
}

/** Throws an Error that names the symbols, and also where the table could not be read. */
export function checkGlibcCeiling(file) {
  const table = execFileSync('objdump', ['-T', file], { encoding: 'utf8', stdio: 'pipe' });
  if (!table.includes('GLIBC_')) throw new Error(`${file}: objdump -T shows no glibc symbol at all`);
  const above = symbolsAbove(CEILING, table);
  if (above.length === 0) return;
  const names = above.map(([version, name]) => `${name} (glibc ${version})`).join(', ');
  throw new Error(`${file} needs more than glibc ${CEILING}: ${names}`);
}

function isNewer(version, ceiling) {
  const [a, b] = [version, ceiling].map((text) => text.split('.').map(Number));
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
  }
  return false;
}
