// Where the files of this package lie. A module cannot tell by its own place: dist/ is bundled.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = findRoot(here);

/** `segments` count from the folder of package.json. */
export function packagePath(...segments: readonly string[]): string {
  return path.join(root, ...segments);
}

/** The folder that the running code of this package is in, with a slash at its end: dist/, or src/ in tests. */
export const CODE_FOLDER = path.join(root, path.relative(root, here).split(path.sep, 1)[0] ?? '', path.sep);

function findRoot(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (packageName(path.join(folder, 'package.json')) === 'pawl') return folder;
    if (folder === path.dirname(folder)) return from;
  }
}

function packageName(file: string): unknown {
  if (!existsSync(file)) return null;
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof content === 'object' && content !== null && 'name' in content ? content.name : null;
}
