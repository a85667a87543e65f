// From the start of the process to a server that is READY, beside a Node that does nothing at all.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../../../test/helpers/start-server.ts';
import { type Round, type Scenario, sideBySide } from '../bench.ts';
import type { Contender } from '../contender.ts';
import { call } from '../http-call.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TYPESCRIPT = path.join(ROOT, 'examples', 'hello', 'predict.ts');
const COMPILED = path.join(ROOT, '.cache', 'bench', 'compiled');
const COMPILE_MS = 60_000;
const START_MS = 30_000;
const POLL_MS = 2;

export const COLD_START: Scenario = {
  name: 'cold-start',
  title: 'From the start of the process to READY',
  about:
    'The hello example, from the start of the process to READY at /health-check. coglet is looked at every 20 ms.',
  async run(bench) {
    await compile();
    const predictors = {
      TypeScript: TYPESCRIPT,
      compiled: path.join(COMPILED, 'examples', 'hello', 'predict.js'),
      JavaScript: path.join(ROOT, 'scripts', 'bench', 'programs', 'hello.mjs'),
    };
    const ours = bench.contenders.flatMap(({ name, main }) =>
      main === undefined
        ? []
        : Object.entries(predictors).map(([language, file]) =>
            timed(`${name}, ${language}`, () => untilReady(main, file)),
          ),
    );
    const peers = bench.contenders.filter(({ name }) => name === 'coglet');
    const subjects = [
      timed('node -e 0', bareNode),
      ...ours,
      ...peers.map((contender) => timed(contender.name, () => untilServed(contender))),
    ];
    await sideBySide(bench, { scenario: 'cold-start', situation: 'hello predictor', subjects });
  },
};

function timed(name: string, measure: () => Promise<number>) {
  const once = async (): Promise<Round> => ({ ms: await measure() });
  return {
    name,
    async start() {
      // The first start of all finds its files on the disk.
      await once();
      return { measure: once, stop: async () => {} };
    },
  };
}

async function compile(): Promise<void> {
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = [
    '--ignoreConfig',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--skipLibCheck',
    '--types',
    'node',
  ];
  const args = [tsc, ...flags, '--rootDir', ROOT, '--outDir', COMPILED, TYPESCRIPT];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, timeout: COMPILE_MS });
}

/** Without what makes every start of Node longer on some machines: reading certificates takes as long as the start itself. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = cleanEnvironment();
  return env;
}

async function bareNode(): Promise<number> {
  const began = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore', env: environment() }), 'exit');
  return performance.now() - began;
}

async function untilReady(main: string, predictor: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [main, 'serve', predictor, '--host', '127.0.0.1', '--port', '0'], {
    env: { ...environment(), PAWL_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: START_MS,
    killSignal: 'SIGKILL',
  });
  const exited = once(child, 'exit');
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  try {
    const line = once(createInterface({ input: child.stdout }), 'line');
    const [text] = await Promise.race([line, exited.then(() => [null])]);
    const url = /^Listening on (\S+)$/.exec(String(text))?.[1];
    if (url === undefined) throw new Error(`it did not listen: ${text}`);
    for (;;) {
      const health = await call(`${url}/health-check`, { method: 'GET' });
      if (health.text.includes('"READY"')) return performance.now() - began;
      if (!health.text.includes('"STARTING"')) throw new Error(health.text.slice(0, 200));
      await pause(POLL_MS);
    }
  } finally {
    child.kill('SIGTERM');
    await exited;
    process.removeListener('exit', killAtExit);
  }
}

async function untilServed(contender: Contender): Promise<number> {
  const server = await contender.serve({ work: 'echo', slots: 1 });
  await server.stop();
  return server.startMs ?? Number.NaN;
}
