import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelStuck } from '../helpers/cancel-stuck.ts';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { descendantsOf } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

describe('a cancel stops what does not listen to its signal', () => {
  let server: RunningServer;

  beforeAll(async () => {
    const args = ['--cancel-grace', '0.05', '--cancel-term', '0.2', '--cancel-kill', '3'];
    server = await startServer('test/fixtures/predictors/stuck.mjs', { args });
  });
  afterAll(() => server.stop());

  const workerPid = async () => (await predict(server.url, {})).body.output;
  /** What the subprocesses of the worker are, by command line; the worker itself is left out. */
  const subprocesses = () => descendantsOf(server.pid).length - 1;

  it.each([
    ['loop', 'interrupt'],
    ['loopThatCatches', 'interrupt'],
    ['regex', 'interrupt'],
    ['atomicsWait', 'interrupt'],
    ['stringify', 'interrupt'],
    ['generator', 'interrupt'],
    ['innerBoundary', 'interrupt'],
    ['swallowedBoundary', 'interrupt'],
    ['blockedRead', 'interrupt'],
    ['blockedOpen', 'interrupt'],
    ['execFileSync', 'terminate'],
    ['shellThatIgnoresTerm', 'kill'],
    ['subprocess', 'terminate'],
    ['daemon', 'terminate'],
    ['boundaryAfterAwait', 'interrupt'],
    ['fileOutput', 'signal'],
    ['promise', 'signal'],
    ['promiseInGenerator', 'signal'],
  ])('%s ends in the stage %s, and the worker with its model lives on', async (how, stage) => {
    const before = await workerPid();
    const body = await cancelStuck(server.url, how);
    expect(body).toMatchObject({ status: 'canceled', metrics: { cancel: { stage } } });
    expect(await workerPid()).toBe(before);
    await eventually('no subprocess is left', () => (subprocesses() === 0 ? true : null));
  });

  it('is counted by its stage, and logged', async () => {
    const counts = async () => {
      const health = (await (await fetch(`${server.url}/health-check`)).json()) as { cancels: object };
      return health.cancels as Record<string, number>;
    };
    const { interrupt: before = 0, ...others } = await counts();
    const { id } = await cancelStuck(server.url, 'loop');
    expect(await counts()).toEqual({ ...others, interrupt: before + 1 });
    const line = server
      .stderr()
      .split('\n')
      .find((text) => text.includes('was stopped') && text.includes(id));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ stage: 'interrupt', prediction: id });
  });

  it('an inner boundary lets user code see the cancel', async () => {
    expect((await cancelStuck(server.url, 'innerBoundary')).logs).toBe('stuck\ncaught true\n');
  });

  it.each(['heldPromise', 'longTimer', 'loopAfterAwait', 'nativeCode'])(
    '%s ends with its worker, which is replaced',
    async (how) => {
      const before = await workerPid();
      const body = await cancelStuck(server.url, how);
      expect(body).toMatchObject({ status: 'canceled', metrics: { cancel: { stage: 'worker' } } });
      const after = await eventually('the next worker', async () => {
        const { status, body: next } = await predict(server.url, {});
        return status === 200 && next.status === 'succeeded' ? next.output : null;
      });
      expect(after).not.toBe(before);
    },
  );
});

describe('--predict-timeout', () => {
  it.each([
    ['loop', 'interrupt'],
    ['execFileSync', 'terminate'],
    ['shellThatIgnoresTerm', 'kill'],
    ['promise', 'signal'],
    ['nativeCode', 'worker'],
  ])('stops %s the same way, in the stage %s, and it fails', async (how, stage) => {
    const ladder = ['--cancel-grace', '0.05', '--cancel-term', '0.2', '--cancel-kill', '1'];
    const args = ['--predict-timeout', '0.5', ...ladder];
    const server = await startServer('test/fixtures/predictors/stuck.mjs', { args });
    try {
      const { status, body } = await predict(server.url, { how });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        status: 'failed',
        error: 'the prediction ran longer than 0.5 s (--predict-timeout)',
        error_code: 'PAWL_PREDICT_TIMEOUT',
        metrics: { cancel: { stage } },
      });
      await eventually('the next prediction works', async () =>
        (await predict(server.url, {})).body.status === 'succeeded' ? true : null,
      );
    } finally {
      await server.stop();
    }
  });
});
