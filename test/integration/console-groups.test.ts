// console.group() inside a prediction: its indentation is the prediction's own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const whole = (name: string) =>
  `${name} before\n${name} group\n  ${name} two\n  lines\n    ${name} deeper\n  ${name} back\n${name} after\n`;
let dir: string;
let server: RunningServer;
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  server = await startServer('test/fixtures/predictors/groups.mjs', { args: ['--cancel-grace', '0'] });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

it('is not what setup() has left', async () => {
  const health = (await (await fetch(`${server.url}/health-check`)).json()) as { setup: { logs: string } };
  expect(health.setup.logs).toBe('setting up\n  inside\n');
  expect((await predict(server.url, { name: 'a' })).body.logs).toBe(whole('a'));
});

it('is not what a prediction has left that failed, or was interrupted', async () => {
  const failed = await predict(server.url, { name: 'b', how: 'throw' });
  expect(failed.body.logs).toContain('    b deeper\n');
  expect((await predict(server.url, { name: 'c' })).body.logs).toBe(whole('c'));
  const { body } = await predict(server.url, { name: 'd', how: 'loop' }, { prefer: 'respond-async' });
  await eventually('it is stuck', async () =>
    (await getPrediction(server.url, body.id)).body.logs?.includes('deeper') === true ? true : null,
  );
  await fetch(`${server.url}/predictions/${body.id}/cancel`, { method: 'POST' });
  const canceled = await eventually('it has ended', async () => {
    const { body: now } = await getPrediction(server.url, body.id);
    return now.status === 'canceled' ? now : null;
  });
  expect(canceled.metrics).toMatchObject({ cancel: { stage: expect.not.stringMatching('worker') } });
  expect((await predict(server.url, { name: 'e' })).body.logs).toBe(whole('e'));
});

it('is not that of the prediction beside it', async () => {
  const release = path.join(dir, 'release');
  const { body } = await predict(server.url, { name: 'f', release }, { prefer: 'respond-async' });
  await eventually('it is inside its group', async () =>
    (await getPrediction(server.url, body.id)).body.logs?.includes('lines') === true ? true : null,
  );
  expect((await predict(server.url, { name: 'g' })).body.logs).toBe(whole('g'));
  writeFileSync(release, '');
  const ended = await eventually('it has ended', async () => {
    const { body: now } = await getPrediction(server.url, body.id);
    return now.status === 'succeeded' ? now : null;
  });
  expect(ended.logs).toBe(whole('f'));
});
