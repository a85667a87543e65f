// A predictor reference → LoadedPredictor: file, module, export, form. Every failure names the file, what was found in
// it and how to mend it.
import { stat } from 'node:fs/promises';
import { PawlError } from '../../errors.ts';
import { toPredictor } from './forms.ts';
import { findExport } from './load-export.ts';
import { type BegunModule, beginModule, canLoad, EXTENSIONS, loadModule } from './load-module.ts';
import type { LoadedPredictor } from './loaded-predictor.ts';

/** `file` is an absolute path; without a name the exports default, Predictor, Runner and predict are tried. */
export async function loadPredictor(
  file: string,
  exportName: string | null,
  begun?: BegunModule,
): Promise<LoadedPredictor> {
  await checkFile(file);
  const module = await loadModule(begun ?? beginModule(file));
  const found = findExport(module, exportName, file);
  return toPredictor(found.value, { file, exportName: found.name });
}

async function checkFile(file: string): Promise<void> {
  const entry = await stat(file).catch((error: unknown) => {
    throw new PawlError(
      'PAWL_LOAD_FAILED',
      `${file} cannot be read: ${reasonOf(error)}; check the predictor reference`,
      {
        cause: error,
      },
    );
  });
  if (entry.isDirectory()) {
    const example = `${file}/predict.ts`;
    throw new PawlError(
      'PAWL_LOAD_FAILED',
      `${file} is a directory: name the file in it, for instance ${example}`,
    );
  }
  if (!canLoad(file)) {
    const known = EXTENSIONS.join(' ');
    throw new PawlError(
      'PAWL_LOAD_FAILED',
      `${file} is no TypeScript or JavaScript: a predictor's file ends in ${known}`,
    );
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'its permissions forbid it';
  return error instanceof Error ? error.message : String(error);
}
