// Cog's own server with Cog's SDK. Publish both rows together: it makes two directories for each prediction and never
// removes them, so it depends on the disk below /tmp.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { COG_VERSION, startCoglet } from '../../../test/helpers/coglet.ts';
import { missingPython } from '../../../test/helpers/python.ts';
import type { Contender } from '../contender.ts';
import { exportFor } from './pawl.ts';

const PROGRAMS = fileURLToPath(new URL('../programs/', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

export const COGLET: Contender = {
  name: 'coglet',
  what: `coglet ${COG_VERSION} with Cog's SDK`,
  works: ['echo', 'sleep', 'cpu', 'tokens', 'file'],
  missing: missingPython,
  async serve(options) {
    const name = exportFor(options);
    const predictors = path.join(PROGRAMS, 'predictors.mjs');
    const { stdout: document } = await promisify(execFile)(process.execPath, [
      MAIN,
      'schema',
      `${predictors}:${name}`,
    ]);
    const server = await startCoglet(name, {
      source: { code: readFileSync(path.join(PROGRAMS, 'predictors.py'), 'utf8'), document },
      env: { COG_MAX_CONCURRENCY: String(options.slots), COG_LOG_LEVEL: 'warn', ...options.env },
      args: options.args ?? [],
    });
    return {
      url: server.url,
      pid: server.pid,
      path: '/predictions',
      body: (input) => JSON.stringify({ input }),
      output: (answer) => (answer as { output: unknown }).output,
      stop: server.stop,
    };
  },
};
