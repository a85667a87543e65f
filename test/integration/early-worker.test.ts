// The worker that `pawl` starts before it has read its own command line.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { childrenOf, processesWith } from '../helpers/processes.ts';
import { runPawl } from '../helpers/run-pawl.ts';
import { startServer } from '../helpers/start-server.ts';

const HELLO = 'examples/hello/predict.ts';
const KILLED = fileURLToPath(new URL('../fixtures/preload/killed-after-spawn.cjs', import.meta.url));

const isEarly = (pid: number) =>
  readFileSync(`/proc/${pid}/environ`, 'latin1').includes('PAWL_WORKER_EARLY=1');

it('becomes the first worker, and the others are started beside it', async () => {
  const server = await startServer(HELLO, { args: ['--workers', '3'] });
  try {
    await eventually('three workers are ready', async () => {
      const answer = await fetch(`${server.url}/health-check`);
      return (await answer.text()).includes('"READY"') && childrenOf(server.pid).length === 3 ? true : null;
    });
    expect(childrenOf(server.pid).filter(isEarly)).toHaveLength(1);
  } finally {
    expect((await server.stop()).code).toBe(0);
  }
});

it.each([
  [['serve', HELLO, '--prot', '1'], 2],
  [['serve', 'none.ts'], 2],
  [['schema', HELLO, '--work-dir', '/proc/nope'], 2],
  [['predict', HELLO, '--help'], 0],
  [['schema', HELLO], 0],
])('is gone when %j has ended', async (args, exitCode) => {
  const mark = randomUUID();
  const { code } = await runPawl(args, { env: { TEST_MARK: mark } });
  expect(code).toBe(exitCode);
  await eventually('its processes are gone', () => processesWith(`TEST_MARK=${mark}`).length === 0 || null);
});

it('is gone when the server was killed before it had told the worker anything', async () => {
  const mark = randomUUID();
  const env = { TEST_MARK: mark, NODE_OPTIONS: `--require ${JSON.stringify(KILLED)}` };
  const { code } = await runPawl(['serve', HELLO, '--port', '0'], { env });
  expect(code).toBeNull();
  await eventually('its processes are gone', () => processesWith(`TEST_MARK=${mark}`).length === 0 || null);
});

it('tells the predictor nothing of how it was started', async () => {
  const server = await startServer('test/fixtures/predictors/environment.mjs');
  try {
    const answer = await fetch(`${server.url}/predictions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input": {}}',
    });
    const { output }: { output: string[] } = JSON.parse(await answer.text());
    expect(output.filter((name) => name.startsWith('PAWL_'))).toEqual(['PAWL_WORKER_MARK']);
  } finally {
    await server.stop();
  }
});
