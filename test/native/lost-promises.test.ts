// What the garbage collector knows about waiting, on every Node that is supported. See docs/decisions.
import path from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { nodeBinary } from '../helpers/node-versions.ts';
import { compileAddon } from './fixture-addon.ts';
import { ROOT, runFixture, withScratch } from './run-fixture.ts';

const COLLECTED = path.join(ROOT, 'src', 'worker', 'model', 'collected.ts');

describe('waiting for something that can never come', () => {
  it.each([20, 22, 24, 26])('is told from waiting for something that can, on Node %i', async (major) => {
    const node = await nodeBinary(major);
    await withScratch(async (folder) => {
      const collected = path.join(folder, 'collected.mjs');
      buildSync({ entryPoints: [COLLECTED], outfile: collected });
      const args = [collected, compileAddon('slowly', folder)];
      const { reports, stderr } = await runFixture('lost-promises', { node, args });
      const wrong = reports.filter((report) => {
        const { expected, isLost } = report as { expected: boolean; isLost: boolean };
        return expected !== isLost;
      });
      expect(wrong).toEqual([]);
      expect(reports.length, stderr).toBe(18);
    });
  });
});
