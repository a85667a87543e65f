// A pattern in a predictor's schema that takes for ever on some texts: the server goes on answering, and what is left
// to the worker can be canceled there.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const EVIL = `${'a'.repeat(80)}!`;
let server: RunningServer;
beforeAll(async () => {
  server = await startServer('test/fixtures/predictors/patterned.mjs', { args: ['--cancel-grace', '0'] });
});
afterAll(() => server.stop());

it('keeps neither the server nor its worker', async () => {
  const evil = { text: EVIL };
  const created = await predict(server.url, evil, { prefer: 'respond-async' });
  expect(created.status).toBe(202);
  const { id } = created.body;
  // The worker is stuck in its own check; the server is not.
  await eventually('it runs', async () =>
    (await getPrediction(server.url, id)).body.status === 'processing' ? true : null,
  );
  const health = await fetch(`${server.url}/health-check`);
  expect(await health.json()).toMatchObject({ status: 'BUSY' });
  const canceled = await fetch(`${server.url}/predictions/${id}/cancel`, { method: 'POST' });
  expect(canceled.status).toBe(200);
  const ended = await eventually('it has ended', async () => {
    const { body } = await getPrediction(server.url, id);
    return body.status === 'canceled' ? body : null;
  });
  expect(ended.logs).toContain('A pattern of the schema takes too long');
  expect(ended.metrics).toMatchObject({ cancel: { stage: 'interrupt' } });
  expect((await predict(server.url, { text: 'aaa' })).body).toMatchObject({ status: 'succeeded', output: 3 });
  expect((await predict(server.url, { text: 'b' })).status).toBe(422);
});
