// Measures one way of being stuck: the same prediction again and again on a real server, each time canceled, and after
// each a look at whether the next prediction works, in which worker, and whether a subprocess is left. What is wrong
// with a run is collected, never thrown: the report is to show all of them.
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../test/helpers/eventually.ts';
import { type FileServer, serveRequests } from '../../test/helpers/file-server.ts';
import { getPrediction, type PredictionBody, predict } from '../../test/helpers/predictions.ts';
import { descendantsOf } from '../../test/helpers/processes.ts';
import { type RunningServer, startServer } from '../../test/helpers/start-server.ts';
import type { Way } from './ways.ts';

export interface Run {
  /** From the cancel request being sent to the answer of the prediction's own request. */
  readonly ms: number;
  readonly stage: string;
  readonly isWorkerKept: boolean;
}

export interface Measured {
  readonly way: Way;
  readonly runs: readonly Run[];
  /** What should not have happened, one sentence each. */
  readonly faults: readonly string[];
}

export const FLAGS = ['--cancel-grace', '0', '--cancel-term', '0.2'] as const;
export const WORKER_FLAGS = [...FLAGS, '--cancel-kill', '0.5'] as const;

const PREDICTOR = 'test/fixtures/predictors/stuck.mjs';
/** From the last thing that can be seen of a prediction to the code that is stuck. */
const SETTLE_MS = 20;
/** Each replacement doubles the pause before the next; a new server starts with the shortest. */
const REPLACEMENTS_MAX = 3;
const ENDED = ['succeeded', 'failed', 'canceled'];

export async function measure(way: Way, count: number): Promise<Measured> {
  const runs: Run[] = [];
  const faults: string[] = [];
  const endless = await endlessFile();
  let server: RunningServer | null = null;
  let replaced = 0;
  try {
    for (let i = 1; i <= count; i += 1) {
      const fault = (what: string) => faults.push(`${way.how}, run ${i}: ${what}`);
      try {
        if (server === null || replaced === REPLACEMENTS_MAX) {
          await server?.stop();
          server = await startServer(PREDICTOR, { args: flagsFor(way, endless) });
          replaced = 0;
        }
        const run = await cancelOne({ server, endless, way, id: `${way.how}-${i}`, fault });
        if (!run.isWorkerKept) replaced += 1;
        if (!run.isWorkerKept && way.costs === 'nothing') fault('the worker was replaced');
        runs.push(run);
      } catch (error) {
        fault(`${error}${server === null ? '' : `\n${server.stderr().slice(-2000)}`}`);
        await server?.stop();
        server = null;
      }
    }
  } finally {
    await server?.stop();
    await endless.close();
  }
  return { way, runs, faults };
}

function flagsFor({ how, costs }: Way, endless: EndlessFile): readonly string[] {
  const flags = costs === 'worker' ? WORKER_FLAGS : FLAGS;
  return how === 'upload' ? [...flags, '--upload-url', `${endless.url}/`] : flags;
}

interface One {
  readonly server: RunningServer;
  readonly endless: EndlessFile;
  readonly way: Way;
  readonly id: string;
  readonly fault: (what: string) => void;
}

async function cancelOne({ server, endless, way, id, fault }: One): Promise<Run> {
  const before = await workerOf(server);
  const input = way.how === 'download' ? { file: endless.url } : { how: way.how };
  const answered = post(server, id, input);
  answered.catch(() => {}); // awaited below; whatever fails first is the one to report
  const isTransfer = way.how === 'download' || way.how === 'upload';
  await (isTransfer ? endless.requested(id) : stuck(server, way, id));
  await pause(SETTLE_MS);

  const began = performance.now();
  const asked = fetch(`${server.url}/predictions/${id}/cancel`, { method: 'POST' });
  const body = await answered;
  const ms = performance.now() - began;
  const { status } = await asked;

  if (status !== 200) fault(`the cancel was answered ${status}`);
  if (body.status !== 'canceled') fault(`it ended as ${body.status}: ${body.error}`);
  const after = await workerOf(server);
  const left = () => descendantsOf(server.pid).filter((pid) => pid !== after);
  await eventually('no subprocess is left', () => (left().length === 0 ? true : null)).catch(() =>
    fault(`${left().length} subprocesses are left`),
  );
  const { stage } = (body.metrics?.cancel ?? {}) as { stage?: string };
  return { ms, stage: stage ?? 'none', isWorkerKept: after === before };
}

async function post(server: RunningServer, id: string, input: object): Promise<PredictionBody> {
  const response = await fetch(`${server.url}/predictions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, input }),
  });
  return (await response.json()) as PredictionBody;
}

async function stuck(server: RunningServer, way: Way, id: string): Promise<void> {
  await eventually(`${way.how} is stuck`, async () => {
    const { status, body } = await getPrediction(server.url, id);
    if (status === 200 && ENDED.includes(body.status)) {
      throw new Error(`it ended before it was canceled: ${JSON.stringify(body)}`);
    }
    if (body.logs?.includes(way.says) !== true) return null;
    return descendantsOf(server.pid).length === 1 + way.processes ? true : null;
  });
}

/** The worker's pid, by a prediction: that is also the proof that the next one works. */
async function workerOf(server: RunningServer): Promise<number> {
  return eventually('the next prediction works', async () => {
    const { status, body } = await predict(server.url, {});
    // No worker is ready while one is being replaced.
    if (status === 503 || status === 409) return null;
    if (body.status !== 'succeeded' || typeof body.output !== 'number') {
      throw new Error(`the next prediction is not untouched: ${status} ${JSON.stringify(body)}`);
    }
    return body.output;
  });
}

/** A file that never ends, and a store that never answers. */
interface EndlessFile extends FileServer {
  /** Resolves when a transfer has begun that no earlier call has answered for. */
  requested(id: string): Promise<void>;
}

async function endlessFile(): Promise<EndlessFile> {
  let begun = 0;
  const server = await serveRequests((request, response) => {
    begun += 1;
    if (request.method === 'PUT') return void request.resume();
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.write('the beginning');
  });
  const requested = async (id: string) => {
    await eventually(`the transfer of ${id} begins`, () => (begun > 0 ? true : null));
    begun = 0;
  };
  return { ...server, requested };
}
