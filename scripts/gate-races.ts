// `npm run gate-races`: the random races of test/native/interrupt.test.ts at full length, on each version of Node. Prints
// one line of figures for each; whatever went wrong goes to stderr, and then the exit code is 1. Build first.
// `--rounds N --seed S --nodes 20,24`
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { nodeBinary } from '../test/helpers/node-versions.ts';
import { compileAddon } from '../test/native/fixture-addon.ts';
import { raceGate } from '../test/native/gate-races.ts';
import { runFixture } from '../test/native/run-fixture.ts';
import { positive } from './positive.ts';

/** Far above what a round takes on a busy machine; a call that nothing ends would take for ever. */
const ROUND_MS_MAX = 50;
const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    nodes: { type: 'string', default: '20,22,24,26' },
  },
});
const rounds = positive('rounds', values.rounds);
const seed = positive('seed', values.seed);
const majors = values.nodes.split(',').map((text) => positive('nodes', text));
const folder = mkdtempSync(path.join(tmpdir(), 'pawl-native-'));
try {
  const env = { BLOCKING_ADDON: compileAddon('blocking', folder) };
  for (const major of majors) {
    const node = await nodeBinary(major);
    const began = performance.now();
    const { report, faults } = await raceGate(
      (name, options) => runFixture(name, { ...options, node, env }),
      {
        rounds,
        seed,
        deadlineMs: MINUTE_MS + rounds * ROUND_MS_MAX,
      },
    );
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(JSON.stringify({ node: major, seed, seconds, ...report }));
    for (const fault of faults) console.error(`FAULT Node ${major}: ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
