// Runs one test tier through vitest and counts from its report, not from its exit code alone.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './install-addon.mjs';
import { runCommand } from './run-command.mjs';

const DEADLINE_MS = 45 * 60_000;

/** `{ passed, failed, skipped }`. A tier that ran nothing, or whose runner broke, has failed. */
export async function runTier(tier, filters, env = process.env, deadlineMs = DEADLINE_MS) {
  const report = path.join(root, '.cache', 'test-reports', `${tier}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const args = [
    'run',
    '--project',
    tier,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const code = await runCommand(process.execPath, [vitest, ...args, ...filters], {
    cwd: root,
    env,
    deadlineMs,
  });
  const counts = existsSync(report) ? countsOf(JSON.parse(readFileSync(report, 'utf8'))) : noCounts();
  // A file that fails while it is imported and an error between tests belong to no test, yet are failures.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  if (code === 0 && counts.passed === 0) {
    console.error(`tier ${tier} ran no test`);
    counts.failed += 1;
  }
  return counts;
}

export function noCounts() {
  return { passed: 0, failed: 0, skipped: 0 };
}

export function addCounts(total, counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}

export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function countsOf(report) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
