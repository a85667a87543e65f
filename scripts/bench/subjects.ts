// Contenders as subjects of a scenario: started, checked and warmed the same way everywhere.
import type { Bench, Round } from './bench.ts';
import type { Contender, RunningContender, ServeOptions, Work } from './contender.ts';
import { patientLoop } from './load/patient-loop.ts';
import { warmUp } from './load/warm-up.ts';
import { type ClosedLoop, closedLoop } from './load/wrk.ts';
import { cpuByProcess, cpuSince, processTree } from './process-usage.ts';

export const INPUT = { text: 'hello' } as const;

interface Served {
  readonly name: string;
  readonly contender: Contender;
  readonly options: ServeOptions;
  /** Once, before the first round. */
  readonly prepare?: (server: RunningContender) => Promise<void>;
  readonly measure: (server: RunningContender, round: number) => Promise<Round>;
}

/** A subject that is served for as long as the rounds last. */
export function served({ name, contender, options, prepare, measure }: Served) {
  return {
    name,
    async start() {
      const server = await contender.serve(options);
      try {
        await prepare?.(server);
      } catch (error) {
        await server.stop();
        throw error;
      }
      return { measure: (round: number) => measure(server, round), stop: server.stop };
    },
  };
}

export function contendersFor(bench: Bench, work: Work): readonly Contender[] {
  return bench.contenders.filter(({ works }) => works.includes(work));
}

/** Those that know predictions, and not only requests: Pawl, and Cog's. */
export function predictionServers(bench: Bench): readonly Contender[] {
  return contendersFor(bench, 'tokens');
}

/** One coglet is enough where its directories do not matter: what is measured is one prediction, not thousands. */
export function predictionServersOnce(bench: Bench): readonly Contender[] {
  return predictionServers(bench).filter(({ name }) => name !== 'coglet-tmpfs');
}

export interface Cost {
  readonly serverMicros: number;
  /** Of all processes below the one that answers HTTP. */
  readonly workerMicros: number;
}

/** What `work` costs, divided by `count` of it. */
export async function costOf<T>(
  server: RunningContender,
  work: () => Promise<T>,
  count: (result: T) => number,
): Promise<Cost & { readonly result: T }> {
  const below = () => cpuByProcess(processTree(server.pid).slice(1));
  const own = () => cpuByProcess([server.pid]);
  const before = { own: own(), below: below() };
  const result = await work();
  const divisor = count(result);
  return {
    result,
    serverMicros: cpuSince(before.own, own()) / divisor,
    workerMicros: cpuSince(before.below, below()) / divisor,
  };
}

const BURST_SECONDS = 1;
/** One client alone would take a minute to ask as often as V8 needs. */
const WARMING_CONNECTIONS_MIN = 8;

/** One burst of load by wrk. */
export async function burst(server: RunningContender, connections: number): Promise<Round> {
  const work = () => closedLoop(server, INPUT, connections, BURST_SECONDS);
  const { result, serverMicros, workerMicros } = await costOf(server, work, answered);
  if (answered(result) <= 0) throw new Error(`nothing was answered: ${result.errors} errors`);
  return {
    perSecond: answered(result) / result.seconds,
    p50Micros: result.p50Micros,
    p99Micros: result.p99Micros,
    serverMicros,
    workerMicros,
    errors: result.errors,
  };
}

/** That it does the work, then load until it does it as fast as it ever will: every contender alike. */
export async function checkAndWarm(server: RunningContender, connections: number): Promise<void> {
  await checkEcho(server);
  await warm(server, connections);
}

export async function warm(server: RunningContender, connections: number): Promise<void> {
  const clients = Math.max(connections, WARMING_CONNECTIONS_MIN);
  await warmUp(() => patientLoop(server, INPUT, clients, BURST_SECONDS));
}

function answered({ requests, errors }: ClosedLoop): number {
  return requests - errors;
}

/** That the server does the work at all, and right. */
async function checkEcho(server: RunningContender): Promise<void> {
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
