// What a user's editor says about the examples: every input and every state is typed, with no annotation.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

it('the examples compile against the public types', async () => {
  const args = [at('node_modules/typescript/bin/tsc'), '-p', at('examples/tsconfig.json'), '--listFilesOnly'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  // Without its dependencies installed an example would be checked against nothing.
  for (const file of ['dist/index.d.ts', 'examples/ocr/predict.ts', 'tesseract.js/src/index.d.ts']) {
    expect(stdout).toContain(file);
  }
  const checked = await promisify(execFile)(process.execPath, args.slice(0, -1)).catch((error) => error);
  expect(checked.stdout).toBe('');
});
