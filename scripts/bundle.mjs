// src/ → dist/: a few files instead of hundreds, with the libraries of the server in them, because opening and linking
// modules took most of a start. Programs share their modules as chunks, so that each module exists once per process.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './install-addon.mjs';

/** What is started or imported by its path, without `src/` and `.ts`. The last two are for tests and `npm run soak`. */
export const PROGRAMS = [
  'index',
  'doctor/probe',
  'server/http/large/check-program',
  'server/engine',
  'worker/model/load',
];
/** What is started and runs a compiled script: CommonJS, which Node loads sooner, in a folder that says so. */
export const LAUNCHERS = ['cli/main', 'worker/start/main'];
/** dist/compiled/NAME.cjs: one script each, which src/base/compiled.ts loads with V8's code cache. */
export const COMPILED = {
  cli: './src/cli/run.ts',
  worker: './src/worker/bootstrap.ts',
  io: './src/worker/io/main.ts',
  packages: './src/predictor/packages.ts',
  ajv: 'ajv/dist/2020.js',
};
/** Resolved where the package is installed: zod is also the predictor's, tsx starts files of its own. */
const SHARED = ['zod', 'tsx'];
/** The one script that zod is in, for predictors that would import that very zod; beside it, what it was made of. */
const WITH_ZOD = 'packages';
export const ZOD_FILES = 'dist/compiled/zod-files.json';
const LICENSES = 'THIRD-PARTY-LICENSES.txt';

/** In CommonJS, in place of import.meta.url. */
const URL_OF_BUNDLE = "const urlOfBundle = require('node:url').pathToFileURL(__filename).href;";
const COMMON = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  logLevel: 'silent',
  metafile: true,
};

/** Returns the files it wrote, relative to the root. Throws where a module does not compile. */
export function bundle() {
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  const scripts = [launchers(), ...Object.keys(COMPILED).map(script)];
  const results = [programs(), ...scripts].map((options) => buildSync(options));
  const manifests = LAUNCHERS.map((name) => path.join('dist', path.dirname(name), 'package.json'));
  for (const manifest of manifests) writeFileSync(path.join(root, manifest), '{"type":"commonjs"}\n');
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync(path.join(root, 'dist', LICENSES), licensesOf(inputs));
  writeFileSync(path.join(root, ZOD_FILES), `${JSON.stringify(zodFiles(inputs))}\n`);
  const outputs = results.flatMap(({ metafile }) => Object.keys(metafile.outputs));
  return [...outputs, ZOD_FILES, ...manifests, path.join('dist', LICENSES)];
}

function programs() {
  return {
    ...COMMON,
    entryPoints: PROGRAMS.map((name) => `src/${name}.ts`),
    outbase: 'src',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    format: 'esm',
    external: SHARED.flatMap((name) => [name, `${name}/*`]),
    // Libraries in CommonJS ask for Node's modules by require().
    banner: {
      js: "import { createRequire as requireOfBundle } from 'node:module'; const require = requireOfBundle(import.meta.url);",
    },
  };
}

function launchers() {
  return {
    ...COMMON,
    entryPoints: LAUNCHERS.map((name) => `src/${name}.ts`),
    outbase: 'src',
    outdir: 'dist',
    format: 'cjs',
    define: { 'import.meta.url': 'urlOfBundle' },
    banner: { js: URL_OF_BUNDLE },
  };
}

/** An expression: the function that the loader calls. In ASCII, so that V8 holds one byte for each character. */
function script(name) {
  return {
    ...COMMON,
    entryPoints: { [name]: COMPILED[name] },
    outdir: 'dist/compiled',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    charset: 'ascii',
    external: name === WITH_ZOD ? [] : SHARED.flatMap((library) => [library, `${library}/*`]),
    define: { 'import.meta.url': 'urlOfBundle' },
    banner: {
      js: `(function (exports, require, module, __filename, importOfLoader) { ${URL_OF_BUNDLE}`,
    },
    footer: { js: '})' },
  };
}

/** Sizes by path from zod's folder, package.json included. */
function zodFiles(inputs) {
  const prefix = 'node_modules/zod/';
  const files = [
    'package.json',
    ...inputs.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length)),
  ];
  return Object.fromEntries(
    [...new Set(files)].map((file) => [file, statSync(path.join(root, prefix, file)).size]),
  );
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
