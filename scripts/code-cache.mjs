// V8's code cache of dist/compiled/*.cjs, for the Node that runs this: npm's install hook and the build make it, the
// loader src/base/compiled.ts uses it. What is in it is what ran: a start to READY, and one prediction.
// Never fails an installation: without the cache Pawl starts, later. Shipped in the package: imports nothing but Node.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.resolve(here, '..', 'dist');
const recorder = path.join(here, 'code-cache-recorder.cjs');
const DEADLINE_MS = 30_000;
const POLL_MS = 20;

/** Compiled, with a schema of zod's for the input and one for Ajv for the output; its prediction has the caches written. */
const PREDICTOR = `
import { definePredictor } from 'pawl';
import { z } from 'zod';

async function saved(): Promise<string[]> {
  const channel = new BroadcastChannel('pawl-code-cache');
  let threads = 2;
  await new Promise<void>((resolve) => {
    channel.onmessage = ({ data }) => {
      if (data === 'saved' && --threads === 0) resolve();
    };
    channel.postMessage('save');
  });
  channel.close();
  return ['saved'];
}

export default definePredictor({
  input: z.object({ name: z.string().min(1).default('world').describe('Whom to greet') }),
  output: { type: 'array', items: { type: 'string', minLength: 1 } },
  predict: ({ name }) => (name === 'save' ? saved() : [name]),
});
`;

/** Serves the predictor from a folder of the package, where it finds the packages that it imports. */
async function serveOnce(place) {
  const predictor = path.join(place, 'predict.mts');
  writeFileSync(predictor, PREDICTOR);
  const args = ['serve', predictor, '--host', '127.0.0.1', '--port', '0'];
  const child = spawn(process.execPath, [path.join(dist, 'cli', 'main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: DEADLINE_MS,
    env: {
      PATH: process.env.PATH,
      TMPDIR: place,
      PAWL_LOG_LEVEL: 'error',
      NODE_OPTIONS: `--require ${JSON.stringify(recorder)}`,
    },
  });
  const exited = once(child, 'exit');
  try {
    const line = once(createInterface({ input: child.stdout }), 'line');
    const [text] = await Promise.race([line, exited.then(() => [''])]);
    const url = /^Listening on (\S+)$/.exec(text)?.[1];
    if (url !== undefined) await askFor(url);
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

async function askFor(url) {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const isStarting = async () => {
    const health = await (await fetch(`${url}/health-check`, { signal })).json();
    return health.status === 'STARTING';
  };
  while (await isStarting()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  for (const name of ['world', 'save']) {
    const body = JSON.stringify({ input: { name } });
    const headers = { 'content-type': 'application/json' };
    await (await fetch(`${url}/predictions`, { method: 'POST', headers, body, signal })).text();
  }
}

async function main() {
  const folder = path.join(dist, 'compiled');
  // A checkout that was not built yet.
  if (!existsSync(folder)) return;
  try {
    const place = mkdtempSync(path.join(folder, 'recording-'));
    try {
      await serveOnce(place);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  } catch (error) {
    console.warn(`pawl: it will start more slowly, since its code cache could not be made: ${error.message}`);
  }
}

await main();
