// What predictions and setup() start, over a real server: how long it lives, and that nothing outlives the worker.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { childrenOf, isAlive, processesWith, zombiesOf } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/trees.mjs';
/** The contract's: parent gone, everything gone. */
const GONE_MS = 3_000;
let variable: string;
let server: RunningServer;

beforeEach(() => {
  variable = `PAWL_TEST_TREE=${randomUUID()}`;
});
afterEach(async () => {
  for (const pid of processesWith(variable)) process.kill(pid, 'SIGKILL');
  await server.exited;
});

describe.each([
  ['a worker with one slot', 'OneSlot', '1'],
  ['a worker with eight slots', 'ManySlots', '8'],
])('%s', (_, name, slots) => {
  const start = async () => {
    const [key = '', value = ''] = variable.split('=');
    server = await startServer(`${PREDICTOR}:${name}`, {
      args: ['--concurrency', slots, '--cancel-term', '0.2'],
      env: { [key]: value },
    });
  };
  /** All that is alive but the server itself. */
  const family = () => processesWith(variable).filter((pid) => pid !== server.pid);
  const begin = async (how: string, said: string) => {
    const { body } = await predict(server.url, { how }, { prefer: 'respond-async' });
    await eventually(`"${said}"`, async () =>
      (await getPrediction(server.url, body.id)).body.logs?.includes(said) ? true : null,
    );
  };

  it('ends what a prediction started before its answer, and keeps what setup() started', async () => {
    await start();
    const [worker = 0] = childrenOf(server.pid);
    const before = await eventually('all of setup() runs', () => (family().length >= 6 ? family() : null));
    expect((await predict(server.url, { how: 'family' })).body.status).toBe('succeeded');
    expect(family().sort()).toEqual(before.sort());
    expect((await predict(server.url, { how: 'nothing' })).body.status).toBe('succeeded');
    expect(before.filter((pid) => !isAlive(pid))).toEqual([]);
    await eventually('nobody is left as a zombie', () => (zombiesOf(worker).length === 0 ? true : null));
  });

  it.each([
    ['idle', null, null],
    ['waiting', 'waits', 'waiting'],
    ['in a loop that never yields', 'loop', 'looping'],
  ])('is gone with all its descendants when its server is killed, %s', async (_state, how, said) => {
    await start();
    if (how !== null && said !== null) await begin(how, said);
    process.kill(server.pid, 'SIGKILL');
    await eventually('everything is gone', () => (family().length === 0 ? true : null), GONE_MS);
  });
});
