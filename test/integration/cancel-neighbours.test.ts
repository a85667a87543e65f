// A cancel in a worker with several slots: whoever runs beside the canceled prediction.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelStuck } from '../helpers/cancel-stuck.ts';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const LADDER = ['--cancel-grace', '0.05', '--cancel-term', '0.2', '--cancel-kill', '1'];
const PREDICTOR = 'test/fixtures/predictors/neighbours.mjs';

describe('a neighbour with work and a subprocess of its own', () => {
  let server: RunningServer;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'pawl-neighbours-'));
    server = await startServer(`${PREDICTOR}:manySlots`, { args: LADDER });
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['listens', 'signal'],
    ['loop', 'interrupt'],
    ['subprocess', 'terminate'],
    ['stubbornSubprocess', 'kill'],
    ['lost', 'signal'],
  ])('is untouched while %s is stopped by %s', async (how, stage) => {
    const until = path.join(folder, 'go');
    const neighbours = [1, 2].map(() => predict(server.url, { how: 'works', until }));
    const pid = (await predict(server.url, { how: 'pid' })).body.output;
    const body = await cancelStuck(server.url, how);
    expect(body).toMatchObject({ status: 'canceled', metrics: { cancel: { stage } } });
    writeFileSync(until, '');
    for (const neighbour of await Promise.all(neighbours)) {
      expect(neighbour.body).toMatchObject({
        status: 'succeeded',
        output: { pid, end: 0 },
        logs: 'stuck\nfrom the subprocess\n',
      });
    }
  });

  it('fails once, and is told why, where the worker had to go', async () => {
    const until = path.join(folder, 'go');
    const neighbour = predict(server.url, { how: 'works', until });
    const body = await cancelStuck(server.url, 'loopAfterAwait');
    expect(body).toMatchObject({ status: 'canceled', metrics: { cancel: { stage: 'worker' } } });
    expect((await neighbour).body).toMatchObject({
      status: 'failed',
      error_code: 'PAWL_WORKER_CRASHED',
      error: expect.stringMatching(/was killed while it ran this prediction, because the canceled .* 1 s/),
    });
    await eventually('the next worker', async () =>
      (await predict(server.url, { how: 'pid' })).body.status === 'succeeded' ? true : null,
    );
  });
});

it('a promise that nothing can settle ends as canceled, its callbacks run, and its directory is gone', async () => {
  const server = await startServer(`${PREDICTOR}:oneSlot`, { args: LADDER });
  try {
    const body = await cancelStuck(server.url, 'lost');
    expect(body).toMatchObject({ status: 'canceled', metrics: { cancel: { stage: 'signal' } } });
    const [, tempDir = ''] = /^in (.*)$/m.exec(body.logs ?? '') ?? [];
    expect(body.logs).toBe(`stuck\nin ${tempDir}\ncleaned up\n`);
    expect(existsSync(tempDir)).toBe(false);
  } finally {
    await server.stop();
  }
});
