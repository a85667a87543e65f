// Small predictions that give their text back, by clients that each wait for their answer: 1, 8 and 64 at a time.
import { type Bench, type Round, type Scenario, sideBySide } from '../bench.ts';
import type { Contender, RunningContender } from '../contender.ts';
import { closedLoop } from '../load/wrk.ts';
import { cpuMicros, processTree } from '../process-usage.ts';

const INPUT = { text: 'hello' };
const CONNECTIONS = [1, 8, 64] as const;
const WARM_SECONDS = 2;
const BURST_SECONDS = 1;

export const SMALL: Scenario = {
  name: 'small',
  title: 'Small synchronous predictions',
  async run(bench) {
    for (const connections of CONNECTIONS) await atConcurrency(bench, connections);
  },
};

async function atConcurrency(bench: Bench, connections: number): Promise<void> {
  const subjects = bench.contenders.map((contender) => ({
    name: contender.name,
    start: () => startWarm(contender, connections),
  }));
  await sideBySide(bench, { scenario: 'small', situation: `c=${connections}`, subjects });
}

async function startWarm(contender: Contender, connections: number) {
  const server = await contender.serve({ work: 'echo', slots: connections });
  try {
    await checkAnswer(server);
    await closedLoop(server, INPUT, connections, WARM_SECONDS);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { measure: () => burst(server, connections), stop: server.stop };
}

async function checkAnswer(server: RunningContender): Promise<void> {
  const response = await fetch(server.url + server.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: server.body(INPUT),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const answer: unknown = isJson ? JSON.parse(text) : text;
  if (response.status !== 200 || server.output(answer) !== INPUT.text) {
    throw new Error(`a wrong answer to an echo: ${response.status} ${text.slice(0, 200)}`);
  }
}

/** One burst of load, and what it cost the process that answers and those below it. */
export async function burst(server: RunningContender, connections: number): Promise<Round> {
  const below = processTree(server.pid).slice(1);
  const before = [cpuMicros([server.pid]), cpuMicros(below)] as const;
  const load = await closedLoop(server, INPUT, connections, BURST_SECONDS);
  const after = [cpuMicros([server.pid]), cpuMicros(below)] as const;
  const answered = load.requests - load.errors;
  if (answered <= 0) throw new Error(`nothing was answered: ${load.errors} errors`);
  return {
    perSecond: answered / load.seconds,
    p50Micros: load.p50Micros,
    p99Micros: load.p99Micros,
    serverMicros: (after[0] - before[0]) / answered,
    workerMicros: (after[1] - before[1]) / answered,
    errors: load.errors,
  };
}
