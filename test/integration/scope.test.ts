import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

describe('the scope of a prediction', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/scoped.ts', { env: { COG_WEIGHTS: 'big.bin' } });
  });
  afterAll(() => server.stop());

  it('has id, state, context, metrics and a temporary directory that ends with the prediction', async () => {
    const response = await fetch(`${server.url}/predictions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'my-own-id', input: { what: 'scope' }, context: { tenant: 'a' } }),
    });
    const body = (await response.json()) as { output: unknown; metrics: Record<string, unknown> };
    expect(body.output).toEqual({
      id: 'my-own-id',
      same: true,
      state: { weights: 'big.bin', loaded: true },
      context: { tenant: 'a' },
      aborted: false,
      tempDirExists: true,
    });
    expect(body.metrics).toMatchObject({ tokens: 7, layers: { first: ['a'] } });
    expect(body.metrics.predict_time).toBeGreaterThan(0);
    const after = await predict(server.url, { what: 'lastTempDir' });
    expect(after.body.output).toBe(false);
  });

  it.each(['waitForCancel', 'ignoreCancel', 'blockUntilCancel'])(
    '%s: a cancel ends it as canceled',
    async (what) => {
      const { body } = await predict(server.url, { what }, { prefer: 'respond-async' });
      await eventually('the predictor waits', async () => {
        const seen = (await getPrediction(server.url, body.id)).body;
        return seen.logs?.includes('waiting') ? seen : null;
      });
      const answer = await fetch(`${server.url}/predictions/${body.id}/cancel`, { method: 'POST' });
      expect(answer.status).toBe(200);
      const done = await eventually('the end', async () => {
        const seen = (await getPrediction(server.url, body.id)).body;
        return ['canceled', 'succeeded', 'failed'].includes(seen.status) ? seen : null;
      });
      expect(done.status).toBe('canceled');
      if (what === 'waitForCancel') expect(done.logs).toBe('waiting\nsecond callback\nfirst callback\n');
      expect((await predict(server.url, { what: 'lastTempDir' })).body.status).toBe('succeeded');
    },
  );

  it('a cancel of an unknown or finished prediction is 404', async () => {
    const { body } = await predict(server.url, { what: 'lastTempDir' });
    for (const id of [body.id, 'never-existed']) {
      const answer = await fetch(`${server.url}/predictions/${id}/cancel`, { method: 'POST' });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: 'PAWL_PREDICTION_NOT_FOUND' });
    }
  });
});
