import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Replicate from 'replicate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

describe("Replicate's client where tokens are asked for", () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  const tokens = path.join(folder, 'tokens');
  let server: RunningServer;
  beforeAll(async () => {
    writeFileSync(tokens, 'r8_right\n');
    server = await startServer('test/fixtures/predictors/replicate.mjs:text', {
      args: ['--auth-token-file', tokens],
    });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const client = (auth: string) => new Replicate({ baseUrl: `${server.url}/v1`, auth });

  it('shows its own', async () => {
    expect(await client('r8_right').run('some/model', { input: { prompt: 'x' } })).toEqual(['x\n']);
    const failure = await client('wrong')
      .predictions.list()
      .catch((error) => error);
    expect(failure.response.status).toBe(401);
  });

  it('streams, though it sends no token there: the URL is the key to this one stream', async () => {
    const texts: string[] = [];
    for await (const event of client('r8_right').stream('some/model', { input: { prompt: 'x' } })) {
      texts.push(event.toString());
    }
    expect(texts).toEqual(['x\n', '']);
    const { urls } = await client('r8_right').predictions.create({
      model: 'some/model',
      input: { prompt: 'x' },
    });
    const other = await client('r8_right').predictions.create({
      model: 'some/model',
      input: { prompt: 'x' },
    });
    const key = new URL(urls.stream ?? '').search;
    for (const url of [`${other.urls.get}/stream${key}`, `${urls.get}/stream`, `${urls.get}/stream?key=zz`]) {
      expect((await fetch(url)).status).toBe(401);
    }
  });
});
