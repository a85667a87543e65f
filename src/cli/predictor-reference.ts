// `path/to/file[:Export]` to an existing file and an export's name. Looks at names in the file system, never into
// the file: what is wrong inside it is for loading to say.
import { readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Mode } from '../protocol/control-messages.ts';
import { type Environment, REFERENCE_VARIABLES } from './cog-variables.ts';
import { errorText, quoted, usageError } from './usage-error.ts';

export interface PredictorReference {
  /** Absolute. */
  readonly path: string;
  /** null: default, Predictor, Runner or predict, whichever the module has. */
  readonly exportName: string | null;
}

const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

export function findPredictor(
  argument: string | undefined,
  mode: Mode,
  environment: Environment,
): PredictorReference {
  if (argument !== undefined) return parseReference(argument, 'REF');
  const variable = REFERENCE_VARIABLES[mode];
  const named = environment[variable];
  if (named === undefined || named === '') {
    throw usageError(
      `Name the predictor: REF is the path of its file, as in ./predict.ts or ./predict.ts:Predictor, or set ${variable}.`,
    );
  }
  return parseReference(named, variable);
}

/** `source` is what the user would have to correct: REF or a variable. */
function parseReference(text: string, source: string): PredictorReference {
  if (text === '') throw usageError(`${source} is empty; it takes the path of a predictor's file.`);
  // A name may hold a colon, so a file that exists as a whole comes first.
  const whole = kindOf(text);
  if (whole === 'file') return { path: resolve(text), exportName: null };
  const colon = text.lastIndexOf(':');
  const path = colon > 0 ? text.slice(0, colon) : text;
  const exportName = colon > 0 ? text.slice(colon + 1) : null;
  const kind = colon > 0 ? kindOf(path) : whole;
  if (kind === 'directory' || whole === 'directory') throw directoryError(text, source);
  if (kind === 'missing') throw missingError(path, exportName, source);
  if (exportName === '') {
    throw usageError(
      `${source} ${quoted(text)} names no export after the colon; leave the colon out or add the name.`,
    );
  }
  return { path: resolve(path), exportName };
}

function missingError(path: string, exportName: string | null, source: string): Error {
  const near = nearMiss(path);
  const suffix = exportName ? `:${exportName}` : '';
  const hint = near === null ? '' : ` Did you mean ${join(dirname(path), near)}${suffix}?`;
  return usageError(`${source} names the file ${quoted(path)}, which does not exist.${hint}`);
}

function directoryError(path: string, source: string): Error {
  const inside = listFiles(path).find(
    (name) => /^(predict|predictor|index)\./.test(name) && isLoadable(name),
  );
  const example = join(path, inside ?? 'predict.ts');
  return usageError(
    `${source} names the directory ${quoted(path)}; name the predictor's file in it, as in ${example}.`,
  );
}

/** A file beside `path` with the same name and another extension, or the same letters in another case. */
function nearMiss(path: string): string | null {
  const wanted = basename(path);
  const stem = basename(wanted, extname(wanted));
  const beside = listFiles(dirname(path)).filter(isLoadable);
  const sameLetters = beside.find((name) => name.toLowerCase() === wanted.toLowerCase());
  return sameLetters ?? beside.find((name) => isStemOf(name, [stem, wanted])) ?? null;
}

function isStemOf(name: string, stems: readonly string[]): boolean {
  return stems.includes(basename(name, extname(name)));
}

function isLoadable(name: string): boolean {
  return EXTENSIONS.includes(extname(name)) && !name.endsWith('.d.ts');
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    // Only for a suggestion: a directory that cannot be read suggests nothing.
    return [];
  }
}

function kindOf(path: string): 'file' | 'directory' | 'missing' {
  const stats = statOrNothing(path);
  if (stats === undefined) return 'missing';
  return stats.isDirectory() ? 'directory' : 'file';
}

function statOrNothing(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    // A folder on the way that may not be entered, or a name no file system takes.
    throw usageError(`The predictor's file ${quoted(path)} cannot be reached: ${errorText(cause)}.`, {
      cause,
    });
  }
}
