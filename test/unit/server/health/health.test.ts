import { describe, expect, it } from 'vitest';
import { PawlError } from '../../../../src/errors.ts';
import { fakeServer, post } from '../../../helpers/fake-server.ts';

async function statusOf(server: ReturnType<typeof fakeServer>) {
  const response = await server.ask({ url: '/health-check' });
  expect(response.statusCode).toBe(200);
  return response.json();
}

describe('GET /health-check', () => {
  it.each([
    ['starting', 'STARTING'],
    ['recovering', 'STARTING'],
    ['setup_failed', 'SETUP_FAILED'],
    ['defunct', 'DEFUNCT'],
    ['stopped', 'DEFUNCT'],
    ['ready', 'READY'],
  ] as const)('says for a fleet that is %s: %s', async (status, health) => {
    const server = fakeServer();
    server.fleet.become(status);
    expect((await statusOf(server)).status).toBe(health);
  });

  it('says BUSY while every slot is taken', async () => {
    const server = fakeServer();
    await server.ask(post('/predictions', {}, { prefer: 'respond-async' }));
    expect((await statusOf(server)).status).toBe('BUSY');
    server.fleet.run.succeed();
    expect((await statusOf(server)).status).toBe('READY');
  });

  it('is STARTING until the document is known, ready or not', async () => {
    const server = fakeServer({ document: null });
    server.fleet.become('ready');
    expect((await statusOf(server)).status).toBe('STARTING');
  });

  it('carries the setup report and the versions', async () => {
    const server = fakeServer({ document: null });
    expect(await statusOf(server)).toMatchObject({
      setup: { started_at: '1970-01-01T00:00:00.000Z', status: 'starting', logs: '' },
      version: { pawl: expect.stringMatching(/^\d/), node: process.versions.node, coglet: '0.23.1' },
    });
    server.fleet.becomeReady();
    const { setup } = await statusOf(server);
    expect(setup).toMatchObject({
      completed_at: '1970-01-01T00:00:01.000Z',
      status: 'succeeded',
      logs: 'loaded\n',
    });
  });

  it('counts what stopped the predictions that were canceled', async () => {
    const server = fakeServer();
    const none = { signal: 0, interrupt: 0, terminate: 0, kill: 0, worker: 0 };
    expect((await statusOf(server)).cancels).toEqual(none);
    for (const stage of ['signal', 'signal', 'worker'] as const) {
      await server.ask(post('/predictions', {}, { prefer: 'respond-async' }));
      server.fleet.run.end({ status: 'canceled', predictMs: 1, cancel: { stage, ms: 1 } });
    }
    expect((await statusOf(server)).cancels).toEqual({ ...none, signal: 2, worker: 1 });
  });

  it('says UNHEALTHY with the text of the user’s healthcheck, and predictions are still taken', async () => {
    const server = fakeServer({ has: { healthcheck: true } });
    server.fleet.checkHealth = async () => 'Healthcheck failed: no GPU';
    const report = await statusOf(server);
    expect([report.status, report.user_healthcheck_error]).toEqual([
      'UNHEALTHY',
      'Healthcheck failed: no GPU',
    ]);
    expect((await server.ask(post('/predictions', {}, { prefer: 'respond-async' }))).statusCode).toBe(202);
  });

  it('runs one healthcheck for all who ask at once, and none again within a second', async () => {
    const server = fakeServer({ has: { healthcheck: true } });
    let calls = 0;
    server.fleet.checkHealth = async () => {
      calls++;
      return null;
    };
    await Promise.all([statusOf(server), statusOf(server), statusOf(server)]);
    server.clock.advance(999);
    await statusOf(server);
    expect(calls).toBe(1);
    server.clock.advance(1);
    await statusOf(server);
    expect(calls).toBe(2);
  });

  it('does not wait for ever for a healthcheck that never answers', async () => {
    const server = fakeServer({ has: { healthcheck: true } });
    server.fleet.checkHealth = () => new Promise(() => {});
    const report = statusOf(server);
    await new Promise((resolve) => setImmediate(resolve));
    server.clock.advance(10_000);
    expect((await report).user_healthcheck_error).toBe('healthcheck timed out');
  });

  it('shows the end of the workers even when it comes during the healthcheck', async () => {
    const server = fakeServer({ has: { healthcheck: true } });
    server.fleet.checkHealth = async () => {
      server.fleet.become('defunct');
      return 'worker gone';
    };
    expect((await statusOf(server)).status).toBe('DEFUNCT');
  });
});

describe('the probes', () => {
  const codes = async (server: ReturnType<typeof fakeServer>) => {
    const urls = ['/livez', '/readyz', '/startupz'];
    return Promise.all(urls.map(async (url) => (await server.ask({ url })).statusCode));
  };

  it.each([
    ['starting', [200, 503, 503]],
    ['setup_failed', [200, 503, 503]],
    ['ready', [200, 200, 200]],
    ['recovering', [200, 503, 200]],
    ['defunct', [503, 503, 200]],
  ] as const)('answer for a fleet that is %s: %j', async (status, expected) => {
    const isProven = !['starting', 'setup_failed'].includes(status);
    const server = fakeServer(isProven ? {} : { document: null });
    server.fleet.become(status, new PawlError('PAWL_WORKER_CRASHED', 'it ended with SIGKILL'));
    expect(await codes(server)).toEqual(expected);
  });

  it('take a failing healthcheck for not ready, and stop being ready while the server drains', async () => {
    const sick = fakeServer({ has: { healthcheck: true } });
    sick.fleet.checkHealth = async () => 'no GPU';
    const response = await sick.ask({ url: '/readyz' });
    expect([response.statusCode, response.json()]).toEqual([
      503,
      { error: 'no GPU', code: 'PAWL_UNHEALTHY' },
    ]);
    const draining = fakeServer();
    await draining.app.engine.service.drain(0);
    expect(await codes(draining)).toEqual([200, 503, 200]);
  });
});
