import { defineConfig } from 'vitest/config';

// One project per tier, each with its own deadline. Integration, example and package tests run the built dist/.
// Under an instrumented addon (scripts/sanitize.mjs) everything takes longer.
const slowness = Number(process.env.PAWL_TEST_SLOWNESS ?? 1);
const tier = (name: string, timeoutMs: number, parallel: boolean) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    pool: 'forks' as const,
    fileParallelism: parallel,
    // What is waited for may take its time on a busy machine; its own default is a second.
    expect: { poll: { timeout: 20_000 } },
  },
});

export default defineConfig({
  test: {
    projects: [
      tier('unit', 5_000, true),
      tier('tidy', 20_000, true),
      tier('native', 150_000 * slowness, false),
      tier('fuzz', 120_000, true),
      tier('integration', 60_000, true),
      tier('conformance', 180_000, false),
      tier('examples', 180_000, false),
      tier('package', 600_000, false),
    ],
  },
});
