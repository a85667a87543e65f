// `npm run stream-report`: what an event of an event stream costs, inside the server and over HTTP with a real worker
// from dist/. Prints figures; judges nothing.
import { startServer } from '../test/helpers/start-server.ts';
import { type Cost, costOf } from './stream-report/in-process.ts';
import { type Flow, flowOf } from './stream-report/over-http.ts';

const WARM_UP = 200_000;
const EVENTS = 1_000_000;
const ROUNDS = 5;
const OVER_HTTP = 300_000;
const FIRSTS = 100;

await costOf(WARM_UP, 1);
console.log('Inside the server, one million small chunks (CPU µs per event, all readers together; medians):');
for (const readers of [0, 1, 10]) {
  const runs: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) runs.push(await costOf(EVENTS, readers));
  const micros = median(runs.map((run) => run.cpuMicrosPerEvent));
  const tenths = [0, 9].map((tenth) => median(runs.map((run) => run.tenths[tenth] ?? 0)).toFixed(2));
  const rate = Math.round(median(runs.map((run) => run.eventsPerSecond)));
  console.log(
    `  ${readers} readers: ${micros.toFixed(2)} µs; first tenth ${tenths[0]}, last ${tenths[1]}; ${rate} events/s by the clock`,
  );
}
const server = await startServer('test/fixtures/predictors/tokens.mjs', { args: ['--log-level', 'error'] });
try {
  await flowOf(server, WARM_UP);
  const flows: Flow[] = [];
  for (let round = 0; round < ROUNDS; round++) flows.push(await flowOf(server, OVER_HTTP));
  const of = (pick: (flow: Flow) => number) => median(flows.map(pick));
  console.log(`Over HTTP, ${OVER_HTTP} small chunks, one client (medians of ${ROUNDS}):`);
  console.log(`  ${Math.round(of((flow) => flow.eventsPerSecond))} events/s by the clock`);
  console.log(`  server ${of((flow) => flow.serverMicrosPerEvent).toFixed(2)} µs CPU per event`);
  console.log(`  worker ${of((flow) => flow.workerMicrosPerEvent).toFixed(2)} µs CPU per event`);
  const firsts: number[] = [];
  for (let round = 0; round < FIRSTS; round++) firsts.push((await flowOf(server, 1)).firstMs);
  const shown = `${median(firsts).toFixed(1)} ms, at best ${Math.min(...firsts).toFixed(1)}`;
  console.log(`  first chunk of an idle server after ${shown} (of ${FIRSTS})`);
  console.log(`  ${Math.round(OVER_HTTP / of((flow) => flow.pieces))} events per piece`);
} finally {
  await server.stop();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
