// The generator of typed clients, installed once in a git-ignored folder: it needs a TypeScript that is not ours.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['openapi-typescript@7.13.0', 'typescript@5.9.3'];
const INSTALL_MS = 300_000;
const RUN_MS = 60_000;
const run = promisify(execFile);

/** Writes the types of the document in the file `document` to `target`. */
export async function generateTypes(document: string, target: string): Promise<void> {
  const program = path.join(await folder(), 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
  // Else an input with a default would have to be given.
  const args = [program, document, '--output', target, '--default-non-nullable=false'];
  await run(process.execPath, args, { timeout: RUN_MS });
}

/** It appears only once it is complete. */
async function folder(): Promise<string> {
  const complete = path.join(ROOT, '.cache', PACKAGES.join('-'));
  if (existsSync(complete)) return complete;
  const partial = `${complete}.partial-${process.pid}`;
  try {
    mkdirSync(partial, { recursive: true });
    writeFileSync(path.join(partial, 'package.json'), '{"private":true}');
    const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', partial];
    await run('npm', ['install', ...flags, ...PACKAGES], { cwd: partial, timeout: INSTALL_MS });
    if (!existsSync(complete)) renameSync(partial, complete);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return complete;
}
