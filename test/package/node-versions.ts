// Other versions of Node, fetched once through npm into a git-ignored folder of the checkout.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './consumer.ts';

const CACHE = path.join(ROOT, '.cache', 'node-versions');
const INSTALL_MS = 400_000;

/** The `node` binary of a major version. */
export async function nodeBinary(major: number): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = `node-${major}`;
  const binary = path.join(CACHE, 'node_modules', name, 'bin', 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(CACHE, { recursive: true });
  const manifest = path.join(CACHE, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{"private":true}');
  const alias = `${name}@npm:node-${process.platform}-${process.arch}@${major}`;
  const args = ['install', '--prefer-offline', '--ignore-scripts', '--prefix', CACHE, alias];
  await promisify(execFile)('npm', args, { cwd: CACHE, timeout: INSTALL_MS });
  return binary;
}
