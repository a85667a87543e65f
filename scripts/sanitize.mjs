// `npm run sanitize [-- address undefined thread valgrind]`: the native tests with an instrumented addon, with each tool
// or those named. A tool has to find a planted mistake first; then it must find nothing in the addon. Exit code 1
// otherwise, and where a program or library is missing.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './install-addon.mjs';
import { runCommand } from './run-command.mjs';
import { buildAddonFor, compileControl } from './sanitize/build.mjs';
import { readReports } from './sanitize/reports.mjs';
import { TOOLS } from './sanitize/tools.mjs';
import { provideProgramsFor } from './system-packages.mjs';
import { formatCounts, runTier } from './test-tier.mjs';

const CONTROL_DEADLINE_MS = 5 * 60_000;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in TOOLS));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; there are ${Object.keys(TOOLS).join(', ')}`);
  process.exit(2);
}

const summary = [];
for (const name of names.length > 0 ? names : Object.keys(TOOLS)) {
  console.log(`\n— ${name}`);
  let line;
  try {
    line = await sanitize(name, TOOLS[name]);
  } catch (error) {
    process.exitCode = 1;
    line = `FAILED: ${error.message}`;
  }
  summary.push(`${name.padEnd(12)} ${line}`);
}
console.log(`\n${summary.join('\n')}`);

/** One line of what came of it; throws where anything is wrong. */
async function sanitize(name, tool) {
  const missing = provideProgramsFor('sanitize').filter((program) => tool.programs.includes(program));
  if (missing.length > 0) throw new Error(`${missing.join(' and ')} is not on the PATH; install it`);
  const folder = path.join(root, `build-${name}`);
  const reports = path.join(folder, 'reports');
  const addon = buildAddonFor(tool, folder);
  const wrapper = tool.wrapper(reports);
  await proveIt({ name, tool, folder, reports, wrapper });
  emptied(reports);
  const counts = await runTier('native', tool.files ?? [], {
    ...process.env,
    PAWL_FIXTURE_ADDON: addon,
    PAWL_FIXTURE_WRAPPER: JSON.stringify(wrapper),
    PAWL_TEST_SLOWNESS: String(tool.slowness),
    PAWL_TEST_TOOL_OPENS_FILES: tool.opensFiles ? '1' : '0',
    ...(tool.nodes && { PAWL_TEST_NODES: tool.nodes }),
  });
  const { ours, others } = readReports(reports, tool.isOurs);
  for (const report of ours) console.error(`\n${report}`);
  const line = `${formatCounts(counts)}; ${ours.length} reports on the addon, ${others} on Node`;
  if (counts.failed > 0 || ours.length > 0) throw new Error(line);
  return line;
}

/** What finds nothing may be looking at nothing. */
async function proveIt({ name, tool, folder, reports, wrapper }) {
  emptied(reports);
  const control = compileControl(tool, folder);
  const [program, ...args] = [
    ...wrapper,
    process.execPath,
    '-e',
    `require(process.argv[1]).fault('${name}')`,
  ];
  await runCommand(program, [...args, control], { cwd: root, deadlineMs: CONTROL_DEADLINE_MS });
  const { ours } = readReports(reports, tool.isOurs);
  if (ours.length === 0)
    throw new Error('it does not find the mistake planted in faulty.c: it is not at work');
}

function emptied(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
