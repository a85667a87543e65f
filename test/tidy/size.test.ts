import { describe, expect, it } from 'vitest';
import { sourceFiles } from './source-files.ts';

const FILE_LINES_MAX = 300;
/** Of C++ in the addon; comments and empty lines do not count. */
const ADDON_LINES_MAX = 800;
const files = sourceFiles(/^(src|native|scripts|test|examples)\/.*\.(ts|mjs|cjs|js|cc|h)$/);

describe('size', () => {
  it('no file is longer than 300 lines', () => {
    expect(files.length).toBeGreaterThan(50);
    const long = files.filter(({ lines }) => lines.length > FILE_LINES_MAX);
    expect(long.map(({ name, lines }) => `${name}: ${lines.length}`)).toEqual([]);
  });

  it('the addon is small enough to be read in one go', () => {
    const sources = files.filter(({ name }) => /^native\/src\/.*\.(cc|h)$/.test(name));
    const code = sources.flatMap(({ lines }) => lines.filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line)));
    expect(code.length).toBeGreaterThan(500);
    expect(code.length).toBeLessThan(ADDON_LINES_MAX);
  });

  it('every source file says at its top what it is for', () => {
    const silent = files.filter(({ name, lines }) => {
      const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#!')) ?? '';
      // A .cc file is spoken for by its header.
      return /^(src|native)\/.*\.(ts|h)$/.test(name) && !/^\s*(\/\/|\/\*)/.test(first);
    });
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
