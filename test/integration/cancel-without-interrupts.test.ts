import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { nodeWithoutSymbol } from '../helpers/node-without-symbol.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

describe('a Node that lacks a symbol of V8', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  let server: RunningServer;

  beforeAll(async () => {
    const node = nodeWithoutSymbol('_ZN2v87Isolate18TerminateExecutionEv', folder);
    const args = ['--cancel-grace', '0.05', '--cancel-kill', '0.5'];
    server = await startServer('test/fixtures/predictors/stuck.mjs', { command: [node, MAIN], args });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('serves, and a loop that is canceled costs its worker', async () => {
    const { body: before } = await predict(server.url, {});
    expect(before.status).toBe('succeeded');
    const { body: looping } = await predict(server.url, { how: 'loop' }, { prefer: 'respond-async' });
    await eventually('it loops', async () => {
      const { logs } = (await getPrediction(server.url, looping.id)).body;
      return logs?.includes('stuck') || null;
    });
    await fetch(`${server.url}/predictions/${looping.id}/cancel`, { method: 'POST' });
    const ended = await eventually('it ends', async () => {
      const { body } = await getPrediction(server.url, looping.id);
      return body.status === 'processing' ? null : body;
    });
    expect(ended).toMatchObject({ status: 'canceled', metrics: { cancel: { stage: 'worker' } } });
    const after = await eventually('the next worker', async () => {
      const { status, body } = await predict(server.url, {});
      return status === 200 ? body : null;
    });
    expect(after.status).toBe('succeeded');
    expect(after.output).not.toBe(before.output);
  });
});
