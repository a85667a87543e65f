// Packs this checkout as npm would publish it and installs the tarball where nothing else is: an empty folder, and a
// PATH with node, npm and a shell, but no compiler, no make, no Python.
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));
const COMMAND_MS = 300_000;
const run = promisify(execFile);

export interface Consumer {
  readonly folder: string;
  /** Where pawl itself was unpacked. */
  readonly installed: string;
  /** A PATH on which nothing can be compiled; `node` is the given binary. */
  bareEnv(node?: string): Readonly<Record<string, string>>;
  remove(): void;
}

export async function installTarball(): Promise<Consumer> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'pawl-package-'));
  const consumer: Consumer = {
    folder: path.join(scratch, 'app'),
    installed: path.join(scratch, 'app', 'node_modules', 'pawl'),
    bareEnv: (node = process.execPath) => bareEnv(scratch, node),
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  };
  await run('npm', ['pack', '--silent', '--pack-destination', scratch], { cwd: ROOT, timeout: COMMAND_MS });
  const tarball = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack wrote no tarball');
  mkdirSync(consumer.folder);
  writeFileSync(path.join(consumer.folder, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', '--prefer-offline', path.join(scratch, tarball)], {
    cwd: consumer.folder,
    env: consumer.bareEnv(),
    timeout: COMMAND_MS,
  });
  return consumer;
}

/** Runs a program and answers what it printed; a failure throws with both outputs in the message. */
export async function output(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ stdout: string; stderr: string }> {
  return run(program, [...args], { ...options, timeout: COMMAND_MS });
}

function bareEnv(scratch: string, node: string): Readonly<Record<string, string>> {
  const bin = mkdtempSync(path.join(scratch, 'bin-'));
  const programs = {
    node,
    npm: findProgram('npm'),
    npx: findProgram('npx'),
    sh: '/bin/sh',
    env: '/usr/bin/env',
  };
  for (const [name, target] of Object.entries(programs))
    symlinkSync(realpathSync(target), path.join(bin, name));
  // HOME holds npm's cache and its settings for this machine; nothing else of ours gets through.
  return { PATH: bin, HOME: process.env.HOME ?? '/root', LANG: 'C' };
}

function findProgram(name: string): string {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    // node_modules/.bin comes first when npm runs the tests, and has no npm of its own to offer.
    if (folder.includes('node_modules')) continue;
    try {
      return realpathSync(path.join(folder, name));
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${name} is not on the PATH`);
}
