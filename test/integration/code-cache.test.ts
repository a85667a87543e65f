import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { output } from '../package/consumer.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMPILED = path.join(ROOT, 'dist', 'compiled');
const DIGEST_BYTES = 32;
const { version }: { version: string } = createRequire(import.meta.url)('../../package.json');

function cacheOf(name: string): string {
  return `${name}.cjs.${process.version}-${process.arch}.cache`;
}

it.each(['cli', 'worker', 'io', 'packages', 'ajv'])(
  'V8 takes the code cache that the build made of %s',
  (name) => {
    const cachedData = readFileSync(path.join(COMPILED, cacheOf(name))).subarray(DIGEST_BYTES);
    const text = readFileSync(path.join(COMPILED, `${name}.cjs`), 'latin1');
    expect(new Script(text, { cachedData }).cachedDataRejected).toBe(false);
  },
);

describe('a cache that does not fit', () => {
  let copy = '';
  beforeAll(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'pawl-cache-'));
    for (const name of ['package.json', 'dist']) {
      cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
    }
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const run = async (flag: string) => {
    const main = path.join(copy, 'dist', 'cli', 'main.js');
    const env = { PATH: process.env.PATH ?? '' };
    return (await output(process.execPath, [main, flag], { cwd: copy, env })).stdout.trim();
  };

  it('is not used where it was made of another text of the same length', async () => {
    const file = path.join(copy, 'dist', 'compiled', 'cli.cjs');
    const text = readFileSync(file, 'latin1');
    writeFileSync(file, text.replace('"print the version"', '"PRINT the version"'));
    expect(await run('--help')).toContain('PRINT the version');
    writeFileSync(file, text);
    expect(await run('--help')).toContain('print the version');
  });

  it.each(['nothing', 'half of it'])('is not used where it holds %s', async (what) => {
    const cache = path.join(copy, 'dist', 'compiled', cacheOf('cli'));
    const whole = readFileSync(cache);
    writeFileSync(cache, what === 'nothing' ? '' : whole.subarray(0, whole.length / 2));
    expect(await run('--version')).toBe(version);
    writeFileSync(cache, whole);
  });

  it('is not used where it is damaged, which would end the process', async () => {
    const cache = path.join(copy, 'dist', 'compiled', cacheOf('cli'));
    const whole = readFileSync(cache);
    const from = Math.floor(whole.length / 2);
    writeFileSync(cache, Buffer.from(whole).fill(0, from, from + 4096));
    expect(await run('--version')).toBe(version);
    writeFileSync(cache, whole);
  });

  it('is not needed', async () => {
    const folder = path.join(copy, 'dist', 'compiled');
    for (const name of readdirSync(folder)) {
      if (name.endsWith('.cache')) rmSync(path.join(folder, name));
    }
    expect(await run('--version')).toBe(version);
  });
});
