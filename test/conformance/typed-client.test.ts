// A client as users make one: types generated from the document of a running server, a program that is compiled against
// them, and run. What does not fit the predictor must not compile.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateTypes } from '../helpers/openapi-typescript.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEADLINE_MS = 60_000;
const run = promisify(execFile);

const HEAD = `
import createClient from 'openapi-fetch';
import type { paths } from './document.js';
const client = createClient<paths>({ baseUrl: process.argv[2] ?? '' });
`;

const PROGRAM = `${HEAD}
const one = '/predictions/{prediction_id}';
const done = await client.POST('/predictions', { body: { input: { text: 'hi', size: 2, after: 'end' } } });
if (done.data === undefined) throw new Error(JSON.stringify(done.error));
const id: string = done.data.id;
const output: string[] | undefined = done.data.output;
const found = await client.GET(one, { params: { path: { prediction_id: id } } });
const status: 'starting' | 'processing' | 'succeeded' | 'canceled' | 'failed' | undefined = found.data?.status;
const header = { 'Cancel-After': 'soon' };
const wrong = await client.POST('/predictions', { body: { input: { text: id } }, params: { header } });
const told = wrong.error !== undefined && 'detail' in wrong.error ? wrong.error.detail.map(({ loc }) => loc) : [];
const missing = await client.GET(one, { params: { path: { prediction_id: 'nobody' } } });
const trained = await client.POST('/trainings', { body: { input: { steps: 2 } } });
const weights: string | undefined = trained.data?.output?.weights;
const page = await client.GET('/predictions', { params: { query: { limit: 1 } } });
const newest: string | undefined = page.data?.results[0]?.id;
console.log(JSON.stringify({ output, status, told, code: missing.error?.code, weights, same: newest === id }));
`;

const WRONG: readonly (readonly [string, string, RegExp])[] = [
  ['a wrong type', `{ text: 5 }`, /Type 'number' is not assignable to type 'string'/],
  ['a value that is no choice', `{ text: 'a', size: 3 }`, /Type '3' is not assignable to type/],
  ['an input that is missing', `{ size: 1 }`, /Property 'text' is missing/],
];

let server: RunningServer;
let folder: string;
beforeAll(async () => {
  server = await startServer('test/fixtures/predictors/documented.mjs');
  // Inside the checkout, where its packages are found.
  mkdirSync(path.join(ROOT, '.cache'), { recursive: true });
  folder = mkdtempSync(path.join(ROOT, '.cache', 'typed-client-'));
  const document = path.join(folder, 'document.json');
  writeFileSync(document, await (await fetch(`${server.url}/openapi.json`)).text());
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  await generateTypes(document, path.join(folder, 'document.d.ts'));
});
afterAll(async () => {
  await server?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** What the compiler has to say, nothing where it is content. */
async function compile(name: string, text: string): Promise<string> {
  writeFileSync(path.join(folder, name), text);
  const compiler = path.join(ROOT, 'node_modules', '.bin', 'tsc');
  const flags = [
    '--ignoreConfig',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--skipLibCheck',
    '--types',
    'node',
  ];
  try {
    await run(compiler, [...flags, name], { cwd: folder, timeout: DEADLINE_MS });
    return '';
  } catch (error) {
    const said: unknown = error instanceof Error ? Reflect.get(error, 'stdout') : null;
    if (typeof said !== 'string' || said === '') throw error;
    return said;
  }
}

it('a program with the generated types compiles, and gets from the server what they say', async () => {
  expect(await compile('program.ts', PROGRAM)).toBe('');
  const args = [path.join(folder, 'program.js'), server.url];
  const { stdout } = await run(process.execPath, args, { timeout: DEADLINE_MS });
  expect(JSON.parse(stdout)).toEqual({
    output: ['hi', 'hi'],
    status: 'succeeded',
    told: [['header', 'Cancel-After']],
    code: 'PAWL_PREDICTION_NOT_FOUND',
    weights: 'after-2.bin',
    // The newest prediction; trainings are listed elsewhere.
    same: true,
  });
});

it.each(WRONG)('%s does not compile', async (_what, input, message) => {
  const call = `await client.POST('/predictions', { body: { input: ${input} } });\n`;
  expect(await compile('wrong.ts', `${HEAD}${call}`)).toMatch(message);
});
