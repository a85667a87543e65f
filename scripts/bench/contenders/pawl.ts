// Pawl from a checkout's dist/.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../../../test/helpers/start-server.ts';
import { ALL_WORK, type Contender, type ServeOptions } from '../contender.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PREDICTORS = path.join('scripts', 'bench', 'programs', 'predictors.mjs');

export function pawl(name = 'pawl', root = ROOT): Contender {
  const main = path.join(root, 'dist', 'cli', 'main.js');
  return {
    name,
    main,
    what: 'Pawl, server and worker process',
    works: ALL_WORK,
    missing: async () => null,
    async serve(options) {
      const { slots, workers = 1, env = {}, args = [] } = options;
      const server = await startServer(`${path.join(root, PREDICTORS)}:${exportFor(options)}`, {
        command: [process.execPath, main],
        cwd: root,
        // A client that asks again at once may come before the slot is free again; it waits, as a queue is for.
        args: ['--concurrency', String(slots), '--workers', String(workers), '--queue', '1000', ...args],
        env: { PAWL_LOG_LEVEL: 'warn', ...env },
      });
      return {
        url: server.url,
        pid: server.pid,
        path: '/predictions',
        body: (input) => JSON.stringify({ input }),
        output: (answer) => (answer as { output: unknown }).output,
        stop: async () => void (await server.stop()),
      };
    },
  };
}

/** The name in predictors.mjs and predictors.py. */
export function exportFor({ work, slots }: Pick<ServeOptions, 'work' | 'slots'>): string {
  if (work === 'echo') return slots === 1 ? 'echo' : 'echoAsync';
  return work === 'file' ? 'fileOutput' : work;
}
