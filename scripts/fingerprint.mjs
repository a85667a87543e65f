// Remembers what an artifact was made from, by content: a checkout or a copy changes times, not meaning.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install-addon.mjs';

const stamps = path.join(root, '.cache', 'built-from');

/** Every file below the given files and folders, sorted, relative to the root. */
export function filesBelow(...entries) {
  return entries.flatMap((entry) => {
    const full = path.join(root, entry);
    if (!existsSync(full)) return [];
    if (!statSync(full).isDirectory()) return [entry];
    return filesBelow(
      ...readdirSync(full)
        .sort()
        .map((name) => path.posix.join(entry, name)),
    );
  });
}

export function fingerprint(files) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of files) {
    hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

export function isMadeFrom(artifact, print) {
  const stamp = path.join(stamps, artifact);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === print;
}

export function markMadeFrom(artifact, print) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(path.join(stamps, artifact), print);
}
