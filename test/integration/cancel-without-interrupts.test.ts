// A worker whose Node lacks V8's symbols: a cancel goes on to the later steps of the ladder.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelStuck } from '../helpers/cancel-stuck.ts';
import { nodeWithoutSymbol, V8_SYMBOLS } from '../helpers/node-without-symbol.ts';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

describe('where interrupts are unavailable', () => {
  let server: RunningServer;
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));

  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/stuck.mjs', {
      args: ['--workers', '2', '--cancel-grace', '0.05', '--cancel-term', '0.2', '--cancel-kill', '1'],
      command: [nodeWithoutSymbol(V8_SYMBOLS[0], scratch), MAIN],
    });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(scratch, { recursive: true });
  });

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
