// The files that the rules below speak of: what git tracks or would track, read once.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** From the root of the checkout, with forward slashes. */
  readonly name: string;
  readonly lines: readonly string[];
}

export function sourceFiles(pattern: RegExp): SourceFile[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return [...new Set(list.split('\0'))]
    .filter((name) => pattern.test(name))
    .map((name) => ({ name, lines: readFileSync(path.join(ROOT, name), 'utf8').split('\n') }));
}

export interface Import {
  /** Resolved file for a relative import, else the bare specifier. */
  readonly target: string;
  readonly kind: 'static' | 'type' | 'dynamic';
}

const STATIC = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

export function importsOf(file: SourceFile): Import[] {
  const text = file.lines.join('\n');
  const resolve = (specifier: string) =>
    specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file.name), specifier) : specifier;
  return [
    ...[...text.matchAll(STATIC)].map(
      ([, isType, specifier = '']): Import => ({
        target: resolve(specifier),
        kind: isType === undefined ? 'static' : 'type',
      }),
    ),
    ...[...text.matchAll(DYNAMIC)].map(
      ([, specifier = '']): Import => ({ target: resolve(specifier), kind: 'dynamic' }),
    ),
  ];
}
