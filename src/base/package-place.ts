// Where the files of this package lie, and its version. A module cannot tell by its own place: dist/ is bundled.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const { root, version } = findPackage(here);

export const PACKAGE_VERSION = version;

/** `segments` count from the folder of package.json. */
export function packagePath(...segments: readonly string[]): string {
  return path.join(root, ...segments);
}

/** The folder that the running code of this package is in, with a slash at its end: dist/, or src/ in tests. */
export const CODE_FOLDER = path.join(root, path.relative(root, here).split(path.sep, 1)[0] ?? '', path.sep);

function findPackage(from: string): { readonly root: string; readonly version: string } {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const { name, version } = readManifest(path.join(folder, 'package.json'));
    if (name === 'pawl') return { root: folder, version: typeof version === 'string' ? version : '0.0.0' };
    if (folder === path.dirname(folder)) return { root: from, version: '0.0.0' };
  }
}

function readManifest(file: string): { readonly name?: unknown; readonly version?: unknown } {
  if (!existsSync(file)) return {};
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof content === 'object' && content !== null ? content : {};
}
