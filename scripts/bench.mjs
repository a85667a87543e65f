// `npm run bench [-- FLAGS]`: builds what is missing, then measures Pawl beside its peers. scripts/bench/options.ts has
// the flags.
import path from 'node:path';
import { root } from './install-addon.mjs';
import { runCommand } from './run-command.mjs';
import { setUp } from './setup.mjs';
import { provideProgramsFor } from './system-packages.mjs';

// The installation of the peers included; a whole run takes a quarter of an hour.
const DEADLINE_MS = 45 * 60_000;

setUp();
const missing = provideProgramsFor('bench');
if (missing.length > 0) {
  console.error(`the benchmark needs ${missing.join(', ')} on the PATH; install it and run again`);
  process.exit(1);
}
const script = path.join(root, 'scripts', 'bench', 'main.ts');
process.exitCode = await runCommand(process.execPath, ['--import', 'tsx', script, ...process.argv.slice(2)], {
  cwd: root,
  deadlineMs: DEADLINE_MS,
});
