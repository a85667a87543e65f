// Cog's own server with Cog's SDK, twice: it makes two directories for each prediction below /tmp/coglet and never
// removes them, so that it depends on the disk. Each gets a /tmp/coglet of its own where the machine allows that, one on
// the disk and one in memory.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { COG_VERSION, startCoglet } from '../../../test/helpers/coglet.ts';
import { missingPython } from '../../../test/helpers/python.ts';
import { cleanEnvironment } from '../../../test/helpers/start-server.ts';
import { ALL_WORK, type Contender, type ServeOptions, type Work } from '../contender.ts';
import { exportFor } from './pawl.ts';

const PROGRAMS = fileURLToPath(new URL('../programs/', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const SCHEMA_MS = 60_000;
const run = promisify(execFile);

/** Where coglet keeps the directories of its predictions; it has no setting for that. */
const WORK_DIRECTORY = '/tmp/coglet';
const MEMORY = '/dev/shm';
const TMPFS_MAGIC = 0x01021994;
/** In predictors.py. */
const SYNCHRONOUS: readonly Work[] = ['lines', 'subprocess', 'spin'];
/** Becomes the command after $0 once $0 stands where coglet keeps its files, in this process and those below it only. */
const PRIVATE_MOUNT = `mount --bind "$0" ${WORK_DIRECTORY} && exec "$@"`;
const UNSHARE = ['unshare', '--mount', 'sh', '-c', PRIVATE_MOUNT] as const;

export const COGLET = coglet('coglet', '/tmp', 'its work directory on the disk');
export const COGLET_TMPFS = coglet('coglet-tmpfs', MEMORY, 'its work directory in memory');

function coglet(name: string, place: string, where: string): Contender {
  return {
    name,
    what: `coglet ${COG_VERSION} with Cog's SDK, ${where}`,
    works: ALL_WORK,
    async missing() {
      const noPython = await missingPython();
      if (noPython !== null || place !== MEMORY) return noPython;
      if (!isTmpfs(MEMORY)) return `${MEMORY} is no tmpfs here`;
      return (await canMount()) ? null : `this process may not mount anything at ${WORK_DIRECTORY}`;
    },
    async serve(options) {
      const work = mkdtempSync(path.join(place, 'pawl-bench-coglet-'));
      const removeNow = () => rmSync(work, { recursive: true, force: true });
      process.once('exit', removeNow);
      const remove = () => {
        process.removeListener('exit', removeNow);
        removeNow();
      };
      try {
        const through = (await canMount()) ? { through: [...UNSHARE, work] as const } : {};
        const startOptions = { ...(await settings(options)), ...through };
        const began = performance.now();
        const server = await startCoglet(asyncExport(options), startOptions);
        return {
          startMs: performance.now() - began,
          url: server.url,
          pid: server.pid,
          path: '/predictions',
          body: (input) => JSON.stringify({ input }),
          output: (answer) => (answer as { output: unknown }).output,
          stop: () => server.stop().finally(remove),
        };
      } catch (error) {
        remove();
        throw error;
      }
    },
  };
}

async function settings(options: ServeOptions) {
  const predictors = `${path.join(PROGRAMS, 'predictors.mjs')}:${asyncExport(options)}`;
  const { stdout: document } = await run(process.execPath, [MAIN, 'schema', predictors], {
    env: cleanEnvironment(),
    timeout: SCHEMA_MS,
  });
  return {
    source: { code: readFileSync(path.join(PROGRAMS, 'predictors.py'), 'utf8'), document },
    env: { COG_MAX_CONCURRENCY: String(slotsFor(options)), COG_LOG_LEVEL: 'warn', ...options.env },
    args: options.args ?? [],
  };
}

/**
 * A slot is free only some time after its answer, and coglet has no queue: with as many slots as there are clients, a
 * third of what one client asks would be turned away, at once, which looks like low latency.
 */
function slotsFor({ work, slots }: ServeOptions): number {
  return SYNCHRONOUS.includes(work) ? 1 : Math.max(8, 4 * slots);
}

/** More slots than one take an async predictor. */
function asyncExport({ work }: ServeOptions): string {
  return exportFor({ work, slots: 2 });
}

async function canMount(): Promise<boolean> {
  try {
    mkdirSync(WORK_DIRECTORY, { recursive: true });
    await run(UNSHARE[0], [...UNSHARE.slice(1), WORK_DIRECTORY, 'true'], { timeout: SCHEMA_MS });
    return true;
  } catch {
    // No such program, or no right to.
    return false;
  }
}

function isTmpfs(folder: string): boolean {
  try {
    return statfsSync(folder).type === TMPFS_MAGIC;
  } catch {
    // There is none.
    return false;
  }
}
