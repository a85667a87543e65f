import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { cleanEnvironment } from '../helpers/start-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RACES = 1_000;
const SEED = 20_407;

// `npm run soak` is the same with a hundred times as many. The output of a failure holds seed and history.
it.each([1, 8])(
  '%i slots survive cancels at random moments, and so does whatever runs next',
  async (slots) => {
    const args = [
      'scripts/soak.ts',
      '--races',
      String(RACES),
      '--seed',
      String(SEED),
      '--slots',
      String(slots),
    ];
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
      cwd: ROOT,
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await once(child, 'exit');
    const [stdout, stderr] = await outputs;
    expect(code, stderr).toBe(0);
    const { races, acknowledged, stages } = JSON.parse(stdout);
    expect(races).toBeGreaterThanOrEqual(RACES);
    // Cancels that all came too late, or were all obeyed at once, would prove nothing.
    expect(acknowledged).toBeGreaterThan(RACES / 4);
    expect(stages.interrupt).toBeGreaterThan(0);
  },
);
