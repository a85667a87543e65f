// Event streams through nginx as Debian brings it, with the proxy settings it has when nothing is said: HTTP/1.0 to the
// server, and answers gathered in buffers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventClient } from '../helpers/event-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction } from '../helpers/predictions.ts';
import { type Nginx, startNginx } from '../helpers/start-nginx.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

describe('an event stream through nginx', () => {
  let server: RunningServer;
  let nginx: Nginx;
  let dir: string;
  let gate: string;
  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/streams.mjs', { args: ['--stream-grace', '0.3'] });
    nginx = await startNginx(server.url);
  });
  afterAll(async () => {
    await nginx.stop();
    await server.stop();
  });
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
    gate = path.join(dir, 'gate');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('comes as it happens', async () => {
    const client = await EventClient.create(nginx.url, { count: 2, gate });
    expect(client.response.headers.get('content-type')).toBe('text/event-stream');
    expect(client.response.headers.get('server')).toContain('nginx');
    await client.until('the first chunk', ({ type }) => type === 'output');
    writeFileSync(gate, '');
    expect((await client.completed()).data).toMatchObject({ output: [0, 1] });
    expect(await client.ended).toBe('ended');
  });

  it('is whole, however long', async () => {
    const client = await EventClient.create(nginx.url, { count: 2_000, size: 1_000 });
    await client.completed();
    expect(client.chunks).toHaveLength(2_000);
    expect(client.types).not.toContain('gap');
  });

  it('goes on behind Last-Event-ID', async () => {
    const creator = await EventClient.create(server.url, { count: 3, gate }, 'back');
    const before = await EventClient.open(`${nginx.url}/predictions/back/stream`);
    await before.until('the first chunk', ({ type }) => type === 'output');
    await before.leave();
    const after = await EventClient.open(`${nginx.url}/predictions/back/stream`, {
      headers: { 'last-event-id': before.lastId },
    });
    writeFileSync(gate, '');
    await after.completed();
    expect(after.chunks).toEqual([1, 2]);
    await creator.completed();
  });

  it('left by its only client cancels its prediction', async () => {
    const client = await EventClient.create(nginx.url, { count: 2, gate }, 'left');
    await client.until('the first chunk', ({ type }) => type === 'output');
    await client.leave();
    await eventually('it is canceled', async () => {
      const { body } = await getPrediction(server.url, 'left');
      return body.status === 'canceled' ? true : null;
    });
  });
});
