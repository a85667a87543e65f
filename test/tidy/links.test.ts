// A page that another page links to is there, and so is the heading.
import path from 'node:path';
import { expect, it } from 'vitest';
import { sourceFiles } from './source-files.ts';

const LINK = /\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g;

const names = new Set(sourceFiles(/./).map(({ name }) => name));
const pages = new Map(sourceFiles(/\.md$/).map(({ name, lines }) => [name, lines]));

it('links between pages lead somewhere', () => {
  const links = [...pages].flatMap(([page, lines]) =>
    [...lines.join('\n').matchAll(LINK)].map(([, target = '', anchor]) => ({ page, target, anchor })),
  );
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter((link) => !leadsSomewhere(link))).toEqual([]);
});

function leadsSomewhere({
  page,
  target,
  anchor,
}: {
  page: string;
  target: string;
  anchor: string | undefined;
}): boolean {
  const file = target === '' ? page : path.posix.join(path.posix.dirname(page), target);
  if (anchor !== undefined) return anchorsOf(pages.get(file) ?? []).has(anchor);
  return names.has(file) || [...names].some((name) => name.startsWith(`${file.replace(/\/$/, '')}/`));
}

/** As a forge makes them of headings. */
function anchorsOf(lines: readonly string[]): Set<string> {
  const headings = lines.filter((line) => /^#+ /.test(line)).map((line) => line.replace(/^#+ /, ''));
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
