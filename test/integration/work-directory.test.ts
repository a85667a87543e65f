// Nothing on disk outlives its owner, however the owner ended.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { childrenOf, isAlive } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/sleepy.mjs';
let scratch: string;
let workDir: string;
let server: RunningServer | null;

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  workDir = path.join(scratch, 'work');
  server = null;
});
afterEach(async () => {
  if (server !== null && isAlive(server.pid)) await server.stop();
  rmSync(scratch, { recursive: true });
});

async function killed({ pid, exited }: RunningServer): Promise<void> {
  const workers = childrenOf(pid);
  process.kill(pid, 'SIGKILL');
  await exited;
  await eventually('the end of the workers', () => (workers.some(isAlive) ? null : true));
}

describe('a server that is killed', () => {
  it('leaves nothing, at whatever moment after its workers were started', async () => {
    for (const afterMs of [0, 50, 120, 250, 500]) {
      const args = ['--work-dir', workDir, '--workers', '2'];
      const starting = await startServer(PREDICTOR, { args, until: 'listening' });
      await eventually('two workers', () => (childrenOf(starting.pid).length === 2 ? true : null));
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await killed(starting);
      await eventually(`nothing is left (${afterMs} ms)`, () =>
        readdirSync(workDir).length === 0 ? true : null,
      );
    }
  });

  it('leaves no socket where that had to lie elsewhere', async () => {
    const deep = path.join(workDir, 'd'.repeat(100));
    const temporary = path.join(scratch, 't');
    mkdirSync(temporary);
    const starting = await startServer('test/fixtures/predictors/blocks-on-import.mjs', {
      args: ['--work-dir', deep],
      env: { TMPDIR: temporary },
      until: 'listening',
    });
    await eventually('the socket', () => (readdirSync(temporary).length === 1 ? true : null));
    await eventually('the worker', () => (childrenOf(starting.pid).length === 1 ? true : null));
    await killed(starting);
    await eventually('nothing is left', () =>
      readdirSync(temporary).length === 0 && readdirSync(deep).length === 0 ? true : null,
    );
  });
});

describe('a server without workers that is killed', () => {
  it('leaves its directory, empty, and the next server removes that', async () => {
    const args = ['--work-dir', workDir, '--restart', 'never'];
    const defunct = await startServer(PREDICTOR, { args });
    const [worker = 0] = childrenOf(defunct.pid);
    process.kill(worker, 'SIGKILL');
    await eventually('it is defunct', async () => {
      const health = (await (await fetch(`${defunct.url}/health-check`)).json()) as { status: string };
      return health.status === 'DEFUNCT' ? true : null;
    });
    await killed(defunct);
    // Nobody is left who could remove it.
    const [left = 'nothing', ...more] = readdirSync(workDir);
    expect([more, readdirSync(path.join(workDir, left))]).toEqual([[], []]);
    server = await startServer(PREDICTOR, { args });
    await eventually('it is gone', () => (existsSync(path.join(workDir, left)) ? null : true));
    expect(readdirSync(workDir)).toHaveLength(1);
  });
});

describe('a server that starts', () => {
  /** What a server with that process would have made. */
  const madeByDead = (parent: string): string => {
    const module = new URL('../../src/server/directory-owner.ts', import.meta.url);
    const code = `import { mkdtempSync } from 'node:fs'; import { ownPrefix } from ${JSON.stringify(module)};
      process.stdout.write(mkdtempSync(process.argv[1] + '/' + ownPrefix()));`;
    return execFileSync(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      code,
      parent,
    ]).toString();
  };

  it('removes what killed ones have left, and nothing that may be somebody’s', async () => {
    mkdirSync(workDir);
    const abandoned = madeByDead(workDir);
    mkdirSync(path.join(abandoned, 'w0-1', 'outputs'), { recursive: true });
    writeFileSync(path.join(abandoned, 'w0-1', 'spill.json'), '{}');
    const open = madeByDead(workDir);
    chmodSync(open, 0o755);
    const elsewhere = path.join(workDir, path.basename(abandoned).replace(/^pawl-.{8}/, 'pawl-00000000'));
    const others = [open, elsewhere, path.join(workDir, 'pawl-mine'), path.join(workDir, 'data')];
    for (const directory of others.slice(1)) mkdirSync(directory, { mode: 0o700 });

    const neighbour = await startServer(PREDICTOR, { args: ['--work-dir', workDir] });
    await eventually('it is gone', () => (existsSync(abandoned) ? null : true));
    expect(neighbour.stderr()).toContain('removing what a killed server has left');
    server = await startServer(PREDICTOR, { args: ['--work-dir', workDir] });
    expect((await predict(neighbour.url, {})).body.status).toBe('succeeded');
    expect((await predict(server.url, {})).body.status).toBe('succeeded');
    expect(others.every(existsSync)).toBe(true);
    await neighbour.stop();
  });
});
