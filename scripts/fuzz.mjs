// `npm run fuzz [-- CASES [SEED]]`: the generated cases of the fuzz tier, a million of them unless told otherwise. A
// failure prints the seed and the smallest case that shows it; keep that case as a test.

import { setUp } from './setup.mjs';
import { runTier } from './test-tier.mjs';

// The deadlines of the tests themselves, which count the same way, come first.
const START_MS = 10 * 60_000;
const CASE_MS = 60;

const [cases = '1000000', seed] = process.argv.slice(2);
if (!/^[1-9]\d{0,8}$/.test(cases)) {
  console.error(`npm run fuzz takes a number of cases, not ${JSON.stringify(cases)}`);
  process.exit(2);
}
process.env.PAWL_FUZZ_CASES = cases;
if (seed !== undefined) process.env.PAWL_FUZZ_SEED = seed;
setUp();
const { failed } = await runTier('fuzz', [], process.env, START_MS + Number(cases) * CASE_MS);
process.exitCode = failed > 0 ? 1 : 0;
