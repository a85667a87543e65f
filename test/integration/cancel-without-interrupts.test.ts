// A worker whose Node lacks V8's symbols: a cancel goes on to the later steps of the ladder.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelStuck } from '../helpers/cancel-stuck.ts';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const ADDON = fileURLToPath(new URL('../fixtures/native/without-interrupts.cjs', import.meta.url));

describe('where interrupts are unavailable', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/stuck.mjs', {
      args: ['--workers', '2', '--cancel-grace', '0.05', '--cancel-term', '0.2', '--cancel-kill', '1'],
      env: { PAWL_ADDON: ADDON },
    });
  });
  afterAll(() => server.stop());

  it.each([
    ['loop', 'worker'],
    ['atomicsWait', 'worker'],
    ['innerBoundary', 'worker'],
    ['execFileSync', 'terminate'],
    ['shellThatIgnoresTerm', 'kill'],
  ])('%s ends in the stage %s', async (how, stage) => {
    const body = await cancelStuck(server.url, how);
    expect(body).toMatchObject({ status: 'canceled', metrics: { cancel: { stage } } });
  });

  it('predictions still run, and the server has said once why the first stage is missing', async () => {
    expect((await predict(server.url, {})).body.status).toBe('succeeded');
    const warnings = server.stderr().match(/interrupts are unavailable[^"]*/g);
    expect(warnings).toEqual([
      expect.stringMatching(/because this Node does not export _ZN2v8.*pawl doctor/),
    ]);
  });
});
