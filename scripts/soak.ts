// `npm run soak`: randomised cancel races against real workers of dist/, without HTTP. Stops at the first violation and
// prints the seed and the history of its lane. `--races N --seed S --slots 1,8`; build first.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { positive } from './positive.ts';
import { soak } from './soak/soak-run.ts';

const { values } = parseArgs({
  options: {
    races: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    slots: { type: 'string', default: '1,8' },
  },
});
const races = positive('races', values.races);
const seed = positive('seed', values.seed);
const slots = values.slots.split(',').map((text) => positive('slots', text));
const workDir = mkdtempSync(path.join(os.tmpdir(), 'pawl-soak-'));
try {
  for (const count of slots) {
    const report = (line: string) => console.error(line);
    const share = Math.ceil(races / slots.length);
    console.log(
      JSON.stringify({ seed, ...(await soak({ slots: count, races: share, seed, workDir, report })) }),
    );
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\nseed ${seed}`);
  process.exitCode = 1;
} finally {
  rmSync(workDir, { recursive: true, force: true });
}
