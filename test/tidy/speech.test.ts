import { describe, expect, it } from 'vitest';
import { sourceFiles } from './source-files.ts';

const files = sourceFiles(
  /^(?!package-lock\.json|examples\/.*package-lock\.json).*\.(ts|mjs|cc|h|md|json|txt|yml|gyp)$/,
);

/** A path of one machine, a registry's address or an unfinished thought has no place in the project. */
const BANNED: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a path of a machine', /\/(?:work|root)\/|\/home\/[a-z]/],
  ['an address of a registry', /registry\.(?:npmjs|yarnpkg)|npmjs\.(?:org|com)/],
  ['a note to oneself', new RegExp('\\b(?:TO' + 'DO|FIX' + 'ME|XXX|HACK)\\b')],
];

describe('the project speaks of itself only', () => {
  it.each(BANNED)('no file holds %s', (_what, pattern) => {
    expect(files.length).toBeGreaterThan(50);
    const found = files
      .filter(({ name }) => name !== 'test/tidy/speech.test.ts')
      .flatMap(({ name, lines }) =>
        lines.flatMap((line, i) =>
          pattern.test(line) ? [`${name}:${i + 1}: ${line.trim().slice(0, 120)}`] : [],
        ),
      );
    expect(found).toEqual([]);
  });
});
