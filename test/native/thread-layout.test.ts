// What decision 22 relies on, on every Node that is supported: a thread whose idle time grows waits in its event loop, and
// what such a loop has read, JavaScript has seen.
import path from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { nodeBinary } from '../helpers/node-versions.ts';
import { ROOT, runFixture, withScratch } from './run-fixture.ts';

const ASLEEP = path.join(ROOT, 'src', 'worker', 'model', 'asleep.ts');

describe.each([20, 22, 24, 26])('on Node %i a thread that is looked at', (major) => {
  it('counts as asleep in its event loop only, where it has told of all that it has read', async () => {
    const node = await nodeBinary(major);
    await withScratch(async (folder) => {
      const asleep = path.join(folder, 'asleep.mjs');
      buildSync({ entryPoints: [ASLEEP], outfile: asleep });
      const { code, reports, stderr } = await runFixture('thread-layout', { node, args: [asleep] });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(reports).toEqual([
        { it: 'waits in its loop', asleep: expect.toSatisfy((share: number) => share > 0.5) },
        { it: 'runs JavaScript', asleep: 0, wasAtIt: true },
        { it: 'waits for another thread', asleep: 0, wasAtIt: true },
        { it: 'waits in a system call', asleep: 0, wasAtIt: true },
        { it: 'reads in its loop', unseen: 0 },
        // The test sees it where it is not so.
        { it: 'reads elsewhere', unseen: expect.toSatisfy((times: number) => times > 0) },
      ]);
    });
  });
});
