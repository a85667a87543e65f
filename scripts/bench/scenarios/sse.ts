// 100,000 small chunks from `yield` to a client that counts them, as server-sent events.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Bench, type Round, type Scenario, sideBySide } from '../bench.ts';
import type { RunningContender } from '../contender.ts';
import { call } from '../http-call.ts';
import { chunkCounter } from '../load/chunk-counter.ts';
import { median } from '../statistics.ts';
import { costOf, predictionServersOnce, served } from '../subjects.ts';

const EVENTS = 100_000;
const WARM_EVENTS = 20_000;
const FIRSTS = 10;
const INSIDE = fileURLToPath(new URL('../programs/sse-inside.ts', import.meta.url));
const INSIDE_MS = 60_000;

export const SSE: Scenario = {
  name: 'sse',
  title: 'A stream of small chunks',
  about:
    "One prediction that yields 100,000 tokens as fast as it can, and one client that counts them; every one has to arrive. The first event is that of a prediction with a single token. `inside the server` is what a million chunks cost from the worker's message to the bytes for a connection, without sockets.",
  async run(bench) {
    const subjects = predictionServersOnce(bench).map((contender) =>
      served({
        name: contender.name,
        contender,
        options: { work: 'tokens', slots: 1 },
        prepare: async (server) => void (await stream(server, WARM_EVENTS)),
        measure,
      }),
    );
    await sideBySide(bench, { scenario: 'sse', situation: '100,000 chunks, one reader', subjects });
    await inside(bench);
  },
};

async function measure(server: RunningContender): Promise<Round> {
  const { result, serverMicros, workerMicros } = await costOf(
    server,
    () => stream(server, EVENTS),
    () => EVENTS,
  );
  const firsts: number[] = [];
  for (let i = 0; i < FIRSTS; i++) firsts.push((await stream(server, 1)).firstMs);
  return { perSecond: EVENTS / (result.ms / 1_000), firstMs: median(firsts), serverMicros, workerMicros };
}

async function stream(server: RunningContender, count: number): Promise<{ ms: number; firstMs: number }> {
  const began = performance.now();
  let firstMs = 0;
  let seen = 0;
  const onPiece = chunkCounter((chunk) => {
    if (chunk === 1) firstMs = performance.now() - began;
    seen = chunk;
  });
  const headers = { accept: 'text/event-stream' };
  const body = server.body({ count });
  const { status, ms } = await call(server.url + server.path, { headers, body, onPiece });
  if (status !== 200 || seen !== count) throw new Error(`${status}, and ${seen} of ${count} chunks arrived`);
  return { ms, firstMs };
}

/** The server's own part, from a chunk of the worker to the bytes for a connection: no sockets, nobody to wait for. */
async function inside(bench: Bench): Promise<void> {
  if (!bench.contenders.some(({ name }) => name === 'pawl')) return;
  const subject = {
    name: 'pawl',
    start: async () => ({ measure: measureInside, stop: async () => {} }),
  };
  await sideBySide(bench, { scenario: 'sse', situation: 'inside the server', subjects: [subject] });
}

async function measureInside(): Promise<Round> {
  const child = fork(INSIDE, { execArgv: ['--import', 'tsx'], timeout: INSIDE_MS });
  const [figures] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [null])]);
  if (figures === null) throw new Error('the program that looks inside ended without a figure');
  await once(child, 'exit');
  return figures as Round;
}
