// src/ → dist/: a few files instead of hundreds, with the libraries of the server in them, because opening and linking
// modules took most of a start. Programs share their modules as chunks, so that each module exists once per process.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './install-addon.mjs';

/** What is started or imported by its path, without `src/` and `.ts`. The last two are for tests and `npm run soak`. */
export const PROGRAMS = [
  'index',
  'cli/main',
  'worker/bootstrap',
  'worker/io/main',
  'doctor/probe',
  'server/http/large/check-program',
  'server/engine',
  'worker/model/load',
];
/** Resolved where the package is installed: zod is also the predictor's, tsx starts files of its own. */
const SHARED = ['zod', 'tsx'];
const LICENSES = 'THIRD-PARTY-LICENSES.txt';

/** Returns the files it wrote, relative to the root. Throws where a module does not compile. */
export function bundle() {
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: PROGRAMS.map((name) => `src/${name}.ts`),
    outbase: 'src',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: SHARED.flatMap((name) => [name, `${name}/*`]),
    // Libraries in CommonJS ask for Node's modules by require().
    banner: {
      js: "import { createRequire as requireOfBundle } from 'node:module'; const require = requireOfBundle(import.meta.url);",
    },
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
  });
  writeFileSync(path.join(root, 'dist', LICENSES), licensesOf(Object.keys(metafile.inputs)));
  return [...Object.keys(metafile.outputs), path.join('dist', LICENSES)];
}

/** The licenses of the libraries whose code is in dist/. */
function licensesOf(files) {
  const folders = files.map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  const sections = [...new Set(folders.filter((folder) => folder !== undefined))].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(root, folder, 'package.json'), 'utf8'),
    );
    return `${name} ${version} (${license})\n\n${licenseText(path.join(root, folder))}`;
  });
  return sections.join(`\n${'-'.repeat(80)}\n\n`);
}

function licenseText(folder) {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  return file === undefined ? '' : readFileSync(path.join(folder, file), 'utf8');
}
