import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPawlFile, PawlFile } from '../../../src/predictor/pawl-file.ts';

let folder = '';
let file: PawlFile;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pawl-file-'));
  writeFileSync(path.join(folder, 'a.txt'), 'grün');
  file = new PawlFile({ path: path.join(folder, 'a.txt'), name: 'a.txt', type: 'text/plain', size: 5 });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('PawlFile', () => {
  it('is its path wherever a text is wanted', () => {
    expect(String(file)).toBe(file.path);
    expect(`${file}`).toBe(file.path);
    expect(path.join(folder, '.', `${file}`.slice(folder.length))).toBe(file.path);
  });

  it('gives its content as bytes, text and stream', async () => {
    const bytes = await file.arrayBuffer();
    expect(bytes).toBeInstanceOf(ArrayBuffer);
    expect(Buffer.from(bytes).toString()).toBe('grün');
    expect(await file.text()).toBe('grün');
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.stream()) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('grün');
  });

  it('is known by its brand, also when another copy of the package made it', () => {
    class Other {
      get [Symbol.for('pawl.PawlFile')]() {
        return true;
      }
    }
    expect(new Other()).toBeInstanceOf(PawlFile);
    expect(isPawlFile(new Other())).toBe(true);
    expect({ path: 'x' }).not.toBeInstanceOf(PawlFile);
    expect(isPawlFile('x')).toBe(false);
  });
});
