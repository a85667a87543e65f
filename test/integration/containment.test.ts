// User code that ends its process, or lets an error escape, costs its prediction and never the worker.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const FIXTURE = 'test/fixtures/predictors/ends-process.mjs';

describe('the worker lives on', () => {
  let server: RunningServer;
  let worker: unknown;
  const workerPid = async () => (await predict(server.url, {})).body.output;

  beforeAll(async () => {
    server = await startServer(FIXTURE);
    worker = await workerPid();
  });
  afterEach(async () => expect(await workerPid()).toBe(worker));
  afterAll(async () => {
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['exit', 'SystemExit: process.exit(3) was called'],
    ['exitInTimer', 'SystemExit: process.exit() was called'],
    ['exitThatIsCaught', 'SystemExit: process.exit(4) was called'],
    ['abort', 'SystemExit: process.abort() was called'],
    ['reallyExit', 'SystemExit: process.reallyExit(5) was called'],
    ['killSelf', /^SystemExit: process\.kill\(\d+, SIGTERM\) was called$/],
    ['killSelfHard', /^SystemExit: process\.kill\(\d+, SIGKILL\) was called$/],
    ['killGroup', 'SystemExit: process.kill(0, SIGTERM) was called'],
    ['killOwnGroup', /^SystemExit: process\.kill\(-\d+, SIGKILL\) was called$/],
    ['killEverything', 'SystemExit: process.kill(-1, SIGTERM) was called'],
    ['throwInInterval', 'RangeError: thrown in an interval'],
    ['throwInMicrotask', 'RangeError: thrown in a microtask'],
    ['rejection', 'TypeError: nobody waits for this'],
    ['rejectedText', 'only a text'],
    ['errorEvent', 'nobody listens'],
    ['threadThatThrows', 'thrown in a thread'],
  ])('%s fails its prediction', async (how, error) => {
    const { body } = await predict(server.url, { how });
    expect(body).toMatchObject({ status: 'failed', error_code: 'PAWL_PREDICT_FAILED' });
    expect(body.error).toMatch(error);
  });

  it.each([
    ['checkSelf', true],
    ['signalSelf', 'SIGUSR2'],
    ['exitCode', 'set'],
    ['threadThatExits', 'the thread exited with 7'],
  ])('%s harms nobody', async (how, output) => {
    expect((await predict(server.url, { how })).body).toMatchObject({ status: 'succeeded', output });
  });

  it.each([
    ['rejectionAfterwards', 'unhandled rejection outside a prediction: Error: rejected too late'],
    ['exitAfterwards', 'SystemExit: process.exit(8) was called'],
  ])('%s, when its prediction is over, is told in the server log only', async (how, text) => {
    const { body } = await predict(server.url, { how });
    expect(body).toMatchObject({ status: 'succeeded', output: 'ended', logs: '' });
    await eventually('the server log tells', () => (server.stderr().includes(text) ? true : null));
  });
});
