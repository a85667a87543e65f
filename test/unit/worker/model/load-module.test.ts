import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModule } from '../../../../src/worker/model/load-module.ts';

declare global {
  var statementsRun: number;
}

describe('a module that is loaded', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pawl-load-module-'));
    globalThis.statementsRun = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  // require('pawl') in it fails with "not yet fully loaded" while the import of the same file is under way.
  it('runs only when what was imported ahead of it is there', async () => {
    const file = path.join(folder, 'predict.cjs');
    writeFileSync(file, 'globalThis.statementsRun += 1; exports.predict = () => 1;');
    let arrive: () => void = () => undefined;
    const ahead = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const loading = loadModule({ file, tsconfig: null, single: Promise.resolve(null), ahead });
    // Whatever had begun would be there by the time that others, asked for later and one by one, are.
    for (const name of ['a', 'b', 'c']) {
      const other = path.join(folder, `${name}.cjs`);
      writeFileSync(other, '');
      await import(pathToFileURL(other).href);
    }
    expect(globalThis.statementsRun).toBe(0);
    arrive();
    expect(await loading).toHaveProperty('predict');
    expect(globalThis.statementsRun).toBe(1);
  });
});
