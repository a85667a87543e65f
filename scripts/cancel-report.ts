// `npm run cancel-report`: how long a cancel takes, for each way of being stuck, on a real server from dist/. Prints the
// table of docs/cancel.md; its progress, and whatever went wrong, goes to stderr. Exit code 1 when anything did.
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { FLAGS, type Measured, measure, WORKER_FLAGS } from './cancel-report/measure.ts';
import { tableOf } from './cancel-report/table.ts';
import { WAYS } from './cancel-report/ways.ts';

const USAGE = 'usage: npm run cancel-report -- [--runs N] [--worker-runs N] [--only WAY,WAY…]';

// What kills the servers when this process ends hears of an exit, not of a signal.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const { runs, workerRuns, ways } = readArguments();
const results: Measured[] = [];
for (const way of ways) {
  console.error(`${way.how} …`);
  const result = await measure(way, way.costs === 'worker' ? workerRuns : runs);
  for (const fault of result.faults) console.error(`FAULT ${fault}`);
  results.push(result);
}
const machine = `Node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} processors`;
console.log(`${machine}, load ${loadavg()[0]?.toFixed(1)}; ${runs} runs of each way,`);
console.log(`${workerRuns} of those that cost the worker. \`pawl serve ${FLAGS.join(' ')}\`;`);
console.log(`where the worker is replaced, \`${WORKER_FLAGS.slice(FLAGS.length).join(' ')}\` as well.\n`);
console.log(tableOf(results));
const faults = results.reduce((sum, result) => sum + result.faults.length, 0);
console.log(`\n${faults} faults`);
process.exit(faults === 0 ? 0 : 1);

function readArguments() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '200' },
      'worker-runs': { type: 'string', default: '200' },
      only: { type: 'string' },
    },
  });
  const only = values.only?.split(',') ?? WAYS.map(({ how }) => how);
  const ways = WAYS.filter(({ how }) => only.includes(how));
  const [runs, workerRuns] = [values.runs, values['worker-runs']].map(Number);
  if (!isCount(runs) || !isCount(workerRuns) || ways.length < only.length) {
    console.error(`${USAGE}\nways: ${WAYS.map(({ how }) => how).join(', ')}`);
    process.exit(2);
  }
  return { runs, workerRuns, ways };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0;
}
