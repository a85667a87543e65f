// Runs the chosen scenarios and says what came of it.
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { baseRevision } from './base-revision.ts';
import type { Bench, Scenario } from './bench.ts';
import type { Contender } from './contender.ts';
import { COGLET, COGLET_TMPFS } from './contenders/coglet.ts';
import { FASTIFY_FLOOR, HTTP_FLOOR } from './contenders/floors.ts';
import { pawl } from './contenders/pawl.ts';
import { BENTOML, FASTAPI, LITSERVE } from './contenders/python-peers.ts';
import { choose, type Options, readOptions, USAGE } from './options.ts';
import type { Contestant, Recording } from './recording.ts';
import { tables } from './report/tables.ts';
import { CANCEL } from './scenarios/cancel.ts';
import { COLD_START } from './scenarios/cold-start.ts';
import { FILES } from './scenarios/files.ts';
import { GROWTH } from './scenarios/growth.ts';
import { JSON_SCENARIO } from './scenarios/json.ts';
import { LOGS } from './scenarios/logs.ts';
import { MEMORY } from './scenarios/memory.ts';
import { SMALL } from './scenarios/small.ts';
import { SSE } from './scenarios/sse.ts';
import { WEBHOOK } from './scenarios/webhook.ts';
import { WORK } from './scenarios/work.ts';
import { WORKERS } from './scenarios/workers.ts';

const SCENARIOS: readonly Scenario[] = [
  SMALL,
  WORK,
  WORKERS,
  WEBHOOK,
  SSE,
  JSON_SCENARIO,
  FILES,
  LOGS,
  CANCEL,
  COLD_START,
  MEMORY,
  GROWTH,
];
const PEERS: readonly Contender[] = [
  pawl(),
  COGLET,
  COGLET_TMPFS,
  LITSERVE,
  BENTOML,
  FASTAPI,
  FASTIFY_FLOOR,
  HTTP_FLOOR,
];
/** Beside a base revision the question is what changed, not who is ahead. */
const BESIDE_BASE = ['pawl', FASTIFY_FLOOR.name];

let options: Options;
let scenarios: readonly Scenario[];
let peers: readonly Contender[];
try {
  options = readOptions(process.argv.slice(2));
  scenarios = choose('scenario', SCENARIOS, options.only);
  peers = choose('contender', PEERS, options.peers ?? (options.base === null ? null : BESIDE_BASE));
  if (options.base !== null) peers = [...peers, baseRevision(options.base)];
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
console.log(tables(await record()).join('\n'));

async function record(): Promise<Recording> {
  const started = new Date();
  const contestants: Contestant[] = [];
  for (const { name, what, missing } of peers) contestants.push({ name, what, missing: await missing() });
  const present = peers.filter(({ name }) =>
    contestants.some((one) => one.name === name && one.missing === null),
  );
  const bench: Bench = {
    rounds: options.rounds,
    contenders: present,
    measurements: [],
    failures: [],
    say: (line) => console.error(line),
  };
  for (const scenario of scenarios) {
    try {
      await scenario.run(bench);
    } catch (error) {
      bench.say(`${scenario.name}: FAILED: ${error instanceof Error ? error.stack : error}`);
      bench.failures.push({ scenario: scenario.name, situation: '', subject: '', reason: String(error) });
    }
  }
  return {
    machine: {
      processor: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      kernel: `${process.platform} ${release()}`,
      node: process.version,
    },
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1_000,
    rounds: options.rounds,
    contestants,
    measurements: bench.measurements,
    failures: bench.failures,
  };
}
