// What a chunk and a line of log cost when there have been many: a stream in blocks with a pause after each, in which
// the CPU time so far is read.
import { setTimeout as pause } from 'node:timers/promises';
import { type Round, type Scenario, sideBySide } from '../bench.ts';
import type { RunningContender } from '../contender.ts';
import { call } from '../http-call.ts';
import { chunkCounter } from '../load/chunk-counter.ts';
import { cpuMicros, processTree } from '../process-usage.ts';
import { predictionServers, served } from '../subjects.ts';

const SIZE = 10_000;
const BLOCKS = 11;
const PAUSE_MS = 150;
/** Into the pause: what is on its way has arrived. */
const SETTLE_MS = 75;

export const GROWTH: Scenario = {
  name: 'growth',
  title: 'The 100,000th chunk and the 100th',
  about:
    'CPU time of server and worker for one chunk and one line of log, the first 10,000 of a prediction and those after 100,000, with one reader of the stream.',
  async run(bench) {
    // coglet drops chunks from its streams when this many lines come between them.
    const able = predictionServers(bench).filter(({ main }) => main !== undefined);
    const subjects = able.map((contender) =>
      served({
        name: contender.name,
        contender,
        options: { work: 'blocks', slots: 2 },
        prepare: async (server) => void (await blocks(server, 3)),
        measure: firstAndLast,
      }),
    );
    await sideBySide(bench, { scenario: 'growth', situation: 'chunks with a line of log each', subjects });
  },
};

async function firstAndLast(server: RunningContender): Promise<Round> {
  const micros = await blocks(server, BLOCKS);
  const first = micros[0] ?? Number.NaN;
  const last = micros.at(-1) ?? Number.NaN;
  return { firstMicros: first, lastMicros: last, lastToFirst: last / first };
}

/** CPU time of server and worker for one chunk and line, block by block. */
async function blocks(server: RunningContender, count: number): Promise<number[]> {
  const pids = processTree(server.pid);
  const marks = [cpuMicros(pids)];
  const looks: Promise<void>[] = [];
  let seen = 0;
  const onPiece = chunkCounter((chunk) => {
    seen = chunk;
    if (seen % SIZE === 0) looks.push(pause(SETTLE_MS).then(() => void marks.push(cpuMicros(pids))));
  });
  const body = server.body({ count, size: SIZE, pauseMs: PAUSE_MS });
  const headers = { accept: 'text/event-stream' };
  const { status, text } = await call(server.url + server.path, { headers, body, onPiece });
  await Promise.all(looks);
  if (status !== 200 || seen !== count * SIZE)
    throw new Error(`${status}, and ${seen} chunks arrived: ${text.slice(0, 200)}`);
  return marks.slice(1).map((mark, i) => (mark - (marks[i] ?? 0)) / SIZE);
}
