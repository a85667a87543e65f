// Runs the chosen scenarios and says what came of it. A run of everything is the one that docs/benchmarks.md shows.
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { baseRevision } from './base-revision.ts';
import type { Bench, Scenario } from './bench.ts';
import type { Contender } from './contender.ts';
import { COGLET, COGLET_TMPFS } from './contenders/coglet.ts';
import { FASTIFY_FLOOR, HTTP_FLOOR } from './contenders/floors.ts';
import { pawl } from './contenders/pawl.ts';
import { BENTOML, FASTAPI, LITSERVE } from './contenders/python-peers.ts';
import { choose, type Options, readOptions, USAGE } from './options.ts';
import type { Contestant, Recording } from './recording.ts';
import { writePage, writeRun } from './report/files.ts';
import { tables } from './report/tables.ts';
import { SCENARIOS } from './scenarios.ts';

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

/** No scenario begins later than this. */
const LAST_BEGIN_MS = 25 * 60_000;
/** Whatever hangs then has missed a deadline of its own. */
const END_MS = 40 * 60_000;

interface Choice {
  readonly options: Options;
  readonly scenarios: readonly Scenario[];
  readonly contenders: readonly Contender[];
}

// A server that ends early breaks connections at any time; what that means is said where it is measured.
process.on('unhandledRejection', (error) => console.error(`nobody waited for this: ${error}`));
// Stays: a terminal and our parent may both send it, and the second must not end us before our servers are ended.
// Each server under measurement is ended with this process.
process.setMaxListeners(100);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
setTimeout(() => {
  console.error(`the benchmark has taken ${END_MS / 60_000} minutes and ends here`);
  process.exit(1);
}, END_MS).unref();
const choice = chooseOrEnd();
if (choice.options.isPageOnly) console.log(`wrote ${writePage('recorded')}`);
else await run(choice);
// Nothing that a failed contender left open may keep the run from ending.
process.exit();

function chooseOrEnd(): Choice {
  try {
    const options = readOptions(process.argv.slice(2));
    const peers = choose('contender', PEERS, options.peers ?? (options.base === null ? null : BESIDE_BASE));
    return {
      options,
      scenarios: choose('scenario', SCENARIOS, options.only),
      contenders: options.base === null ? peers : [...peers, baseRevision(options.base)],
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}

async function run({ options, scenarios, contenders }: Choice): Promise<void> {
  const began = new Date();
  const loadBefore = loadavg()[0] ?? 0;
  const contestants: Contestant[] = [];
  for (const { name, what, missing } of contenders)
    contestants.push({ name, what, missing: await missing() });
  const isPresent = (name: string) => contestants.some((one) => one.name === name && one.missing === null);
  const bench: Bench = {
    rounds: options.rounds,
    contenders: contenders.filter(({ name }) => isPresent(name)),
    measurements: [],
    failures: [],
    pictures: new Map(),
    say: (line) => console.error(line),
  };
  for (const scenario of scenarios) await runScenario(bench, scenario);
  const recording: Recording = {
    machine: {
      processors: `${availableParallelism()} of ${cpus()[0]?.model.trim() ?? 'an unknown kind'}`,
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      kernel: `${process.platform} ${release()}`,
      'Node.js': process.version,
      'load average before': loadBefore.toFixed(2),
    },
    startedAt: began.toISOString(),
    seconds: (Date.now() - began.getTime()) / 1_000,
    rounds: options.rounds,
    chapters: scenarios.map(({ name, title, about }) => ({ name, title, about })),
    contestants,
    measurements: bench.measurements,
    failures: bench.failures,
  };
  const isWhole = options.only === null && options.peers === null && options.base === null;
  console.log(tables(recording, isWhole ? 'with goals' : 'without goals').join('\n'));
  console.log(`wrote ${writeRun(recording, bench.pictures, isWhole ? 'recorded' : 'scratch')}`);
}

async function runScenario(bench: Bench, scenario: Scenario): Promise<void> {
  const began = performance.now();
  try {
    // Counts from the start of the process.
    if (began > LAST_BEGIN_MS) throw new Error(`no time was left after ${LAST_BEGIN_MS / 60_000} minutes`);
    await scenario.run(bench);
  } catch (error) {
    bench.say(`${scenario.name}: FAILED: ${error instanceof Error ? error.stack : error}`);
    bench.failures.push({ scenario: scenario.name, situation: '', subject: '', reason: String(error) });
  }
  bench.say(`${scenario.name} took ${((performance.now() - began) / 1_000).toFixed(0)} s`);
}
