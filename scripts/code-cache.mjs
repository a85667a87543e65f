// V8's code cache of dist/compiled/*.cjs, for the Node that runs this: npm's install hook and the build make it, the
// loader src/base/compiled.ts uses it. What is in it is what ran: a start to READY, and one compiled schema.
// Never fails an installation: without the cache Pawl starts, later. Shipped in the package: imports nothing but Node.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const self = fileURLToPath(import.meta.url);
const folder = path.resolve(path.dirname(self), '..', 'dist', 'compiled');
const DEADLINE_MS = 30_000;
const POLL_MS = 20;

/** In a process of its own: runs the script, and writes the cache of what it compiled when the process ends. */
function record(name, args) {
  const file = path.join(folder, `${name}.cjs`);
  const text = readFileSync(file);
  const script = new Script(text.toString('latin1'), { filename: file });
  const module = { exports: {} };
  process.on('exit', () => {
    const code = script.createCachedData();
    const digest = createHash('sha256').update(text).update(code).digest();
    const cache = `${file}.${process.version}-${process.arch}.cache`;
    const written = `${cache}.${process.pid}`;
    writeFileSync(written, Buffer.concat([digest, code]));
    renameSync(written, cache);
  });
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args);
  script.runInThisContext()(module.exports, createRequire(file), module, file);
  return module.exports;
}

function recordAjv() {
  const { Ajv2020 } = record('ajv', []);
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false, ownProperties: true });
  ajv.addSchema(
    { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } },
    'schema',
  );
  ajv.compile({ $ref: 'schema#' })({ a: ['a'] });
}

function recorder(args, options) {
  const child = spawn(process.execPath, [self, ...args], { timeout: DEADLINE_MS, ...options });
  return { child, exited: once(child, 'exit') };
}

async function serveOnce(predictor) {
  writeFileSync(predictor, "export const predict = () => 'hello';\n");
  const { child, exited } = recorder(['cli', 'serve', predictor, '--host', '127.0.0.1', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, TMPDIR: path.dirname(predictor), PAWL_LOG_LEVEL: 'error' },
  });
  try {
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      exited.then(() => ['']),
    ]);
    const url = /^Listening on (\S+)$/.exec(line)?.[1];
    const deadline = Date.now() + DEADLINE_MS;
    while (url !== undefined && Date.now() < deadline) {
      const health = await (await fetch(`${url}/health-check`)).json();
      if (health.status !== 'STARTING') break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

async function main() {
  // A checkout that was not built yet.
  if (!existsSync(folder)) return;
  const place = mkdtempSync(path.join(tmpdir(), 'pawl-code-cache-'));
  try {
    await recorder(['ajv'], { stdio: 'ignore' }).exited;
    await serveOnce(path.join(place, 'predict.mjs'));
  } catch (error) {
    console.warn(`pawl: it will start more slowly, since its code cache could not be made: ${error.message}`);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const [, , name, ...rest] = process.argv;
if (name === 'ajv') recordAjv();
else if (name === 'cli') record('cli', rest);
else await main();
