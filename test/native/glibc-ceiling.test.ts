// The check that keeps the shipped binary loadable on older systems, and that it can fail.
import { describe, expect, it } from 'vitest';
import { ROOT } from './run-fixture.ts';
import { importGlibcCeiling } from './scripts-interface.ts';

const TABLE = `
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.2.5) free
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.28) fcntl64
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.35) _dl_find_object
0000000000000000      DF *UND*	0000000000000000  GLIBC_3.0   future
`;

describe.runIf(process.platform === 'linux')('the glibc ceiling', () => {
  it('names each symbol above it, comparing versions by number', async () => {
    const { symbolsAbove } = await importGlibcCeiling();
    expect(symbolsAbove('2.28', TABLE)).toEqual([
      ['2.35', '_dl_find_object'],
      ['3.0', 'future'],
    ]);
    expect(symbolsAbove('2.4', TABLE).map(([version]) => version)).toEqual(['2.28', '2.35', '3.0']);
  });

  it('is kept by the addon that was built here', async () => {
    const { checkGlibcCeiling } = await importGlibcCeiling();
    expect(() => checkGlibcCeiling(`${ROOT}/build/Release/pawl.node`)).not.toThrow();
  });

  it('throws for a file that holds no such table', async () => {
    const { checkGlibcCeiling } = await importGlibcCeiling();
    expect(() => checkGlibcCeiling(`${ROOT}/package.json`)).toThrow();
  });
});
