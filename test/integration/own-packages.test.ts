// For a TypeScript predictor of one file, `pawl` and `zod` come from one script: only where they are the very packages
// that it was made of.
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { output } from '../package/consumer.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PREDICTOR = `
import { definePredictor, secret } from 'pawl';
import * as zod from 'zod';

const kind: string = Object.prototype.toString.call(zod);
export default definePredictor({
  input: zod.object({ name: zod.string().min(2), key: secret().optional() }),
  output: zod.string(),
  predict: ({ name }) => name + ' ' + kind + ' ' + (zod.z === zod.default),
});
`;

let copy = '';
beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'pawl-own-'));
  for (const name of ['package.json', 'dist', 'node_modules/zod']) {
    cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  }
  for (const name of ['tsx', 'esbuild', '@esbuild']) {
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(copy, 'node_modules', name));
  }
  writeFileSync(path.join(copy, 'predict.ts'), PREDICTOR);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

async function run(file: string, name = 'Ada'): Promise<string> {
  const main = path.join(copy, 'dist', 'cli', 'main.js');
  const env = { PATH: process.env.PATH ?? '', PAWL_ADDON: path.join(ROOT, 'build', 'Release', 'pawl.node') };
  const { stdout } = await output(process.execPath, [main, 'predict', file, '-i', `name=${name}`], {
    cwd: copy,
    env,
  });
  return stdout.trim();
}

it('they come from the script where they are what it was made of, and check as the modules do', async () => {
  expect(await run('predict.ts')).toBe('Ada [object Object] true');
  await expect(run('predict.ts', 'A')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/name.*(at least|fewer than) 2/),
  });
});

it('they are imported where the predictor has a zod of its own', async () => {
  const folder = path.join(copy, 'elsewhere');
  mkdirSync(folder);
  cpSync(path.join(ROOT, 'node_modules', 'zod'), path.join(folder, 'node_modules', 'zod'), {
    recursive: true,
  });
  writeFileSync(path.join(folder, 'predict.ts'), PREDICTOR);
  expect(await run('elsewhere/predict.ts')).toBe('Ada [object Module] true');
});

it('they are imported where somebody has changed zod', async () => {
  appendFileSync(path.join(copy, 'node_modules', 'zod', 'v4', 'core', 'util.js'), '// mended\n');
  expect(await run('predict.ts')).toBe('Ada [object Module] true');
});
