// `npm run fuzz [-- CASES [SEED]]`: the generated cases of the fuzz tier, a million of them unless told otherwise. A
// failure prints the seed and the smallest case that shows it; keep that case as a test.

import { setUp } from './setup.mjs';
import { runTier } from './test-tier.mjs';

const [cases = '1000000', seed] = process.argv.slice(2);
process.env.PAWL_FUZZ_CASES = cases;
if (seed !== undefined) process.env.PAWL_FUZZ_SEED = seed;
setUp();
const { failed } = await runTier('fuzz', []);
process.exitCode = failed > 0 ? 1 : 0;
