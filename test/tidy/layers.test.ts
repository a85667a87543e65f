import { describe, expect, it } from 'vitest';
import { importsOf, type SourceFile, sourceFiles } from './source-files.ts';

/** Who may import whom, the longest matching prefix first. A folder may always import itself. */
const ALLOWED: readonly (readonly [folder: string, allowed: readonly string[]])[] = [
  ['src/base', []],
  ['src/errors.ts', ['src/base']],
  ['src/limits.ts', ['src/base', 'src/limits']],
  ['src/limits', []],
  ['src/version.ts', ['src/base']],
  ['src/config.ts', ['src/base', 'src/limits.ts', 'src/net', 'src/protocol']],
  ['src/net', ['src/base', 'src/limits.ts']],
  ['src/native', ['src/base', 'src/errors.ts', 'src/limits.ts']],
  ['src/predictor', ['src/base', 'src/errors.ts']],
  ['src/protocol', ['src/base', 'src/errors.ts', 'src/limits.ts', 'src/net']],
  ['src/server/app.ts', ['src']],
  ['src/server/serve.ts', ['src']],
  [
    'src/server',
    [
      'src/base',
      'src/errors.ts',
      'src/limits.ts',
      'src/config.ts',
      'src/version.ts',
      'src/net',
      'src/protocol',
      'src/server',
    ],
  ],
  [
    'src/worker',
    [
      'src/base',
      'src/errors.ts',
      'src/limits.ts',
      'src/native',
      'src/net',
      'src/predictor',
      'src/protocol',
      'src/worker',
    ],
  ],
  [
    'src/cli',
    [
      'src/base',
      'src/errors.ts',
      'src/limits.ts',
      'src/config.ts',
      'src/version.ts',
      'src/net',
      'src/protocol',
      'src/server',
      'src/doctor',
      'src/cli',
    ],
  ],
  [
    'src/doctor',
    [
      'src/base',
      'src/errors.ts',
      'src/limits.ts',
      'src/native',
      'src/server/supervisor',
      'src/server/work-directory.ts',
      'src/doctor',
    ],
  ],
  ['src/index.ts', ['src/predictor', 'src/server/serve.ts']],
];

/** Inside the server: a folder and those above it that it must not know. */
const SERVER_FORBIDDEN: readonly (readonly [folder: string, forbidden: readonly string[]])[] = [
  [
    'src/server/slot',
    [
      'src/server/prediction',
      'src/server/http',
      'src/server/health',
      'src/server/upload',
      'src/server/files',
    ],
  ],
  [
    'src/server/supervisor',
    ['src/server/prediction', 'src/server/http', 'src/server/health', 'src/server/upload'],
  ],
  ['src/server/prediction', ['src/server/http', 'src/server/health', 'src/server/replicate']],
  ['src/server/stream', ['src/server/http', 'src/server/health']],
  ['src/server/health', ['src/server/http']],
  ['src/server/upload', ['src/server/http']],
  ['src/server/files', ['src/server/http', 'src/server/health', 'src/server/supervisor']],
  ['src/server/webhook', ['src/server/http', 'src/server/health', 'src/server/upload']],
];

/** The two threads of a worker know each other by messages and shared memory only. */
const WORKER_FORBIDDEN: readonly (readonly [folder: string, forbidden: readonly string[]])[] = [
  ['src/worker/io', ['src/worker/model']],
  ['src/worker/model', ['src/worker/io']],
];

const files = sourceFiles(/^src\/.*\.ts$/);
const isWithin = (name: string, folder: string) =>
  name === folder || name.startsWith(folder.endsWith('.ts') ? folder : `${folder}/`);

function breaches(
  rules: readonly (readonly [string, readonly string[]])[],
  isBreach: (target: string, listed: readonly string[], folder: string) => boolean,
): string[] {
  return files.flatMap((file) => {
    const rule = rules.find(([folder]) => isWithin(file.name, folder));
    if (rule === undefined) return [];
    return importsOf(file)
      .filter(({ target }) => target.startsWith('src/') && isBreach(target, rule[1], rule[0]))
      .map(({ target }) => `${file.name} imports ${target}`);
  });
}

describe('layers', () => {
  it('see the files they speak of', () => {
    expect(files.length).toBeGreaterThan(50);
    for (const [folder] of ALLOWED) expect(files.some(({ name }) => isWithin(name, folder))).toBe(true);
  });

  it('import only what is below them', () => {
    const found = breaches(ALLOWED, (target, allowed, folder) => {
      return !isWithin(target, folder) && !allowed.some((other) => isWithin(target, other));
    });
    expect(found).toEqual([]);
  });

  it('inside the server and the worker keep their direction', () => {
    const isForbidden = (target: string, forbidden: readonly string[]) =>
      forbidden.some((other) => isWithin(target, other));
    expect(breaches(SERVER_FORBIDDEN, isForbidden)).toEqual([]);
    expect(breaches(WORKER_FORBIDDEN, isForbidden)).toEqual([]);
  });

  it('cover every file', () => {
    const uncovered = files.filter(({ name }) => !ALLOWED.some(([folder]) => isWithin(name, folder)));
    expect(uncovered.map(({ name }) => name)).toEqual([]);
  });

  it('let only the HTTP server know the dialect of Replicate', () => {
    const knowing = files
      .filter(({ name }) => !isWithin(name, 'src/server/replicate'))
      .filter((file) => {
        return importsOf(file).some(({ target }) => isWithin(target, 'src/server/replicate'));
      });
    expect(knowing.map(({ name }) => name)).toEqual(['src/server/http/server.ts']);
  });

  it('have no cycle', () => {
    expect(findCycle(files)).toBeNull();
  });
});

function findCycle(all: readonly SourceFile[]): string | null {
  const targets = new Map(
    all.map((file) => [
      file.name,
      importsOf(file)
        .filter(({ kind }) => kind !== 'type')
        .map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): string | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name].join(' → ');
    if (done.has(name)) return null;
    path.push(name);
    for (const target of targets.get(name) ?? []) {
      const cycle = visit(target);
      if (cycle !== null) return cycle;
    }
    path.pop();
    done.add(name);
    return null;
  };
  for (const name of targets.keys()) {
    const cycle = visit(name);
    if (cycle !== null) return cycle;
  }
  return null;
}
