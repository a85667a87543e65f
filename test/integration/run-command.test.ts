// The runner of scripts/: what it starts ends at the deadline, with everything below it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { isAlive } from '../helpers/processes.ts';

type RunCommand = (
  command: string,
  args: readonly string[],
  options: { readonly deadlineMs: number },
) => Promise<number>;

// Plain JavaScript has no types of its own.
const script = new URL('../../scripts/run-command.mjs', import.meta.url).href;
const { runCommand } = (await import(script)) as { readonly runCommand: RunCommand };
const folder = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('runCommand', () => {
  it('gives the exit code', async () => {
    expect(await runCommand(process.execPath, ['-e', 'process.exitCode = 3'], { deadlineMs: 60_000 })).toBe(
      3,
    );
  });

  it('ends what the program has started, too, when time is up', async () => {
    const file = path.join(folder, 'pid');
    const program = `sleep 300 & echo $! > ${file}; wait`;
    const code = await runCommand('sh', ['-c', program], { deadlineMs: 1_000 });
    expect(code).toBe(1);
    const pid = Number(readFileSync(file, 'utf8'));
    await eventually('its end', () => (isAlive(pid) ? null : true));
  });
});
