// Whether Node by itself can be expected to import what a specifier names. That has to be known beforehand: what Node
// failed to import it remembers as failed, also for a loader that could have done it.
import { realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';

const THIS_PACKAGE = 'pawl';
const RUNNABLE = ['', '.js', '.mjs', '.cjs'];
const INSTALLED = `${path.sep}node_modules${path.sep}`;

/** A package that lies in node_modules itself. One that is linked there is being worked on, and may be TypeScript. */
export function isInstalledPackage(file: string, specifier: string): boolean {
  if (isBuiltin(specifier) || specifier === THIS_PACKAGE) return true;
  const [, name, rest = ''] = /^((?:@[^/]+\/)?[^./#@:][^/:]*)(\/.*)?$/.exec(specifier) ?? [];
  if (name === undefined || !RUNNABLE.includes(path.extname(rest))) return false;
  return folderOf(file, name)?.includes(INSTALLED) ?? false;
}

/** Null where no folder above has it: the package of the file itself, say, under its own name. */
function folderOf(file: string, name: string): string | null {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      return realpathSync(path.join(folder, 'node_modules', name));
    } catch {
      if (folder === path.dirname(folder)) return null;
    }
  }
}
