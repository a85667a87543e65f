// `npm test`, also straight after git clone: sets up, checks style and types, runs every tier one after the other, and
// ends with one line of totals. `node scripts/test.mjs TIER… [vitest arguments]` runs only those tiers.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './install-addon.mjs';
import { runCommand } from './run-command.mjs';
import { installDependencies, setUp } from './setup.mjs';
import { provideProgramsFor } from './system-packages.mjs';
import { addCounts, formatCounts, noCounts, runTier } from './test-tier.mjs';

const TIERS = ['unit', 'tidy', 'native', 'fuzz', 'integration', 'conformance', 'examples', 'package'];
const CHECK_DEADLINE_MS = 10 * 60_000;
const CHECKS = {
  biome: ['@biomejs/biome/bin/biome', 'check', '.'],
  tsc: ['typescript/bin/tsc', '-p', 'tsconfig.json'],
};

const args = process.argv.slice(2);
const chosen = args.filter((arg) => TIERS.includes(arg));
const filters = args.filter((arg) => !TIERS.includes(arg));
const summary = [];
const total = noCounts();

try {
  setUp();
  if (chosen.length === 0) for (const name of Object.keys(CHECKS)) record(name, await runCheck(name));
  for (const tier of chosen.length > 0 ? chosen : TIERS) await testTier(tier);
} catch (error) {
  console.error(error.message);
  record('set-up', { ...noCounts(), failed: 1 });
}
console.log(`\n${summary.join('\n')}\n${formatCounts(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;

function record(name, counts) {
  addCounts(total, counts);
  summary.push(`${name.padEnd(12)} ${formatCounts(counts)}`);
}

async function runCheck(name) {
  const [script, ...rest] = CHECKS[name];
  console.log(`\n— ${name}`);
  const code = await runCommand(process.execPath, [path.join(root, 'node_modules', script), ...rest], {
    cwd: root,
    deadlineMs: CHECK_DEADLINE_MS,
  });
  return { ...noCounts(), ...(code === 0 ? { passed: 1 } : { failed: 1 }) };
}

async function testTier(tier) {
  if (!existsSync(path.join(root, 'test', tier))) {
    summary.push(`${tier.padEnd(12)} has no tests yet`);
    return;
  }
  console.log(`\n— ${tier}`);
  if (tier === 'examples') installExamples();
  const missing = provideProgramsFor(tier);
  if (missing.length > 0) {
    console.error(`tier ${tier} needs ${missing.join(', ')} on the PATH; install it and run the tests again`);
    record(tier, { ...noCounts(), failed: 1 });
    return;
  }
  record(tier, await runTier(tier, filters));
}

function installExamples() {
  for (const name of readdirSync(path.join(root, 'examples'))) {
    const folder = path.posix.join('examples', name);
    if (existsSync(path.join(root, folder, 'package.json'))) installDependencies(folder);
  }
}
