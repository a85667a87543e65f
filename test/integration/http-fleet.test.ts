// HTTP over real supervision: real processes that speak the protocol, driven through requests.
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { createApp } from '../../src/server/app.ts';
import { createEngine } from '../../src/server/engine.ts';
import { eventually } from '../helpers/eventually.ts';
import { type FakeFleetOptions, fakeConfig, fakeFleet } from '../helpers/fake-fleet.ts';

interface Body {
  readonly status: string;
  readonly output: { readonly count: number };
  readonly code: string;
  readonly error: string;
  readonly error_code: string;
  readonly logs: string;
}

async function start(options: FakeFleetOptions = {}) {
  const { fleet, workDir, reaches } = fakeFleet(options);
  const config = fakeConfig(workDir, { host: '127.0.0.1', port: 0, shutdownGraceMs: 0, ...options.config });
  const app = createApp(createEngine(config, { fleet, log: { ...silentLogger, flush: () => {} } }));
  const url = await app.start();
  onTestFinished(() => app.close());
  const post = async (input: object, path = '/predictions', headers: Record<string, string> = {}) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
    const response = await fetch(`${url}${path}`, { ...init, body: JSON.stringify({ input }) });
    return { status: response.status, body: (await response.json()) as Body };
  };
  const get = async (path: string) => (await (await fetch(`${url}${path}`)).json()) as Body;
  const comes = (path: string, field: 'status' | 'logs', value: string) =>
    eventually(`${field} ${value}`, async () => ((await get(path))[field] === value ? true : null));
  return { app, url, reaches, post, get, comes };
}

describe('a server over real processes', () => {
  it('never answers 409 to a client that posts as soon as it has its answer', async () => {
    const { post, reaches } = await start();
    await reaches('ready');
    for (let count = 0; count < 300; count++) {
      const { status, body } = await post({ do: 'succeed', count });
      expect([status, body.output.count]).toEqual([200, count]);
    }
  });

  it('says STARTING, then READY with the document at once, and SETUP_FAILED with 503 where setup failed', async () => {
    const { get, reaches } = await start();
    expect((await get('/health-check')).status).toMatch(/^(STARTING|READY)$/);
    await reaches('ready');
    const health = await get('/health-check');
    expect(health).toMatchObject({ status: 'READY', setup: { status: 'succeeded', logs: 'setting up\n' } });
    expect(await get('/openapi.json')).toMatchObject({ 'x-title': 'fake' });
    const error = { name: 'Error', message: 'no weights', stack: null, code: 'PAWL_SETUP_THREW' };
    const failed = await start({ starts: [{ setupFailed: error }] });
    await failed.reaches('setup_failed');
    expect((await failed.get('/health-check')).status).toBe('SETUP_FAILED');
    const { status, body } = await failed.post({ do: 'succeed' });
    expect([status, body.code]).toEqual([503, 'PAWL_SETUP_FAILED']);
    expect(body.error).toContain('no weights');
  });

  it('fails the prediction of a worker that dies, says why, and serves again with the next one', async () => {
    const { post, reaches } = await start();
    await reaches('ready');
    const { status, body } = await post({ do: 'die', signal: 'SIGKILL' });
    expect([status, body.status, body.error_code]).toEqual([200, 'failed', 'PAWL_WORKER_CRASHED']);
    expect(body.error).toContain('SIGKILL');
    expect(body.logs).toBe('got die\n');
    await reaches('ready');
    expect((await post({ do: 'succeed' })).status).toBe(200);
  });

  it('cancels for a client that leaves, and the slot is free again', async () => {
    const { url, post, comes, reaches } = await start();
    await reaches('ready');
    const leaving = new AbortController();
    const body = JSON.stringify({ id: 'a', input: { do: 'wait' } });
    const headers = { 'content-type': 'application/json' };
    const waiting = fetch(`${url}/predictions`, { method: 'POST', headers, body, signal: leaving.signal });
    const left = waiting.catch((error: Error) => error.name);
    await comes('/predictions/a', 'logs', 'got wait\n');
    leaving.abort();
    expect(await left).toBe('AbortError');
    await comes('/predictions/a', 'status', 'canceled');
    expect((await post({ do: 'succeed' })).status).toBe(200);
  });

  it('stops on POST /shutdown: what runs is canceled after the grace period and answered', async () => {
    const { app, url, post, comes, reaches } = await start({ config: { shutdownGraceMs: 100 } });
    await reaches('ready');
    const answered = post({ do: 'wait' });
    await comes('/health-check', 'status', 'BUSY');
    expect((await fetch(`${url}/shutdown`, { method: 'POST' })).status).toBe(200);
    expect((await answered).body.status).toBe('canceled');
    await app.closed;
    await expect(fetch(url)).rejects.toThrow();
  });
});
