import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { runPawl } from '../helpers/run-pawl.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const HELLO = 'examples/hello/predict.ts';

describe('pawl serve', () => {
  let server: RunningServer | null = null;
  afterEach(async () => {
    if (server !== null) process.kill(server.pid, 'SIGKILL');
    await server?.exited;
    server = null;
  });

  it('writes JSON lines to stderr where that is no terminal', async () => {
    server = await startServer(HELLO, { env: { COG_MAX_CONCURRENCY: 'many' } });
    const warning = await eventually(
      'the warning',
      () => server?.stderr().includes('COG_MAX_CONCURRENCY') || null,
    );
    expect(warning).toBe(true);
    for (const line of server.stderr().trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('writes for people when told to', async () => {
    server = await startServer(HELLO, { args: ['--log-format', 'pretty'], env: { COG_LOG_LEVEL: 'loud' } });
    await eventually('the warning', () => server?.stderr().match(/^[\d:.]+ WARN +COG_LOG_LEVEL="loud"/m));
  });

  it('takes the predictor from COG_PREDICT_TYPE_STUB', async () => {
    server = await startServer('--restart=never', { env: { COG_PREDICT_TYPE_STUB: HELLO } });
    expect((await fetch(`${server.url}/health-check`)).status).toBe(200);
  });

  it('takes the name of a host, and no for an answer to PAWL_AWAIT_EXPLICIT_SHUTDOWN', async () => {
    const env = { PAWL_AWAIT_EXPLICIT_SHUTDOWN: 'false' };
    server = await startServer(HELLO, { args: ['--host', 'localhost'], env });
    expect(server.url).toMatch(/^http:\/\/localhost:\d+$/);
    // What GET / names is there.
    const links = (await (await fetch(`${server.url}/`)).json()) as Record<string, string>;
    for (const [name, path] of Object.entries(links)) {
      if (!name.endsWith('_url') || path.includes('{')) continue;
      const { status } = await fetch(`${server.url}${path}`);
      expect([200, 405], `${name} is ${path}`).toContain(status);
    }
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    server = null;
  });

  it('stays up when setup fails', async () => {
    server = await startServer('test/fixtures/predictors/fails-in-setup.ts', { until: 'listening' });
    const { url } = server;
    const health = await eventually('the failure', async () => {
      const body = (await (await fetch(`${url}/health-check`)).json()) as { status: string };
      return body.status === 'STARTING' ? null : body;
    });
    expect(health.status).toBe('SETUP_FAILED');
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    server = null;
  });

  it('stops at once on a second signal', async () => {
    server = await startServer('test/fixtures/predictors/shapes.ts', { args: ['--shutdown-grace', '600'] });
    const { pid, url, exited, stderr } = server;
    const body = JSON.stringify({ input: { prompt: 'x', as: 'wait' } });
    const headers = { 'content-type': 'application/json', prefer: 'respond-async' };
    expect((await fetch(`${url}/predictions`, { method: 'POST', headers, body })).status).toBe(202);
    process.kill(pid, 'SIGINT');
    await eventually('the first signal was taken', () => stderr().match(/a second signal stops at once/));
    process.kill(pid, 'SIGINT');
    expect(await exited).toEqual({ code: 130, signal: null });
    server = null;
  });
});

describe('pawl serve cannot listen', () => {
  // Of its own, for a server says what it finds that a killed one has left.
  const workDir = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
  afterAll(() => rmSync(workDir, { recursive: true, force: true }));
  it('on a port in use: one line, exit code 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { code, stdout, stderr } = await runPawl([
      ...['serve', HELLO, '--work-dir', workDir],
      ...['--host', '127.0.0.1', '--port', port],
    ]);
    other.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `pawl: Another process listens on 127.0.0.1:${port}; choose another --port, 0 takes a free one. [PAWL_PORT_IN_USE]\n`,
    );
  });

  it('on an address of another machine: one line, exit code 1', async () => {
    const { code, stdout, stderr } = await runPawl([
      ...['serve', HELLO, '--work-dir', workDir],
      ...['--host', '192.0.2.1', '--port', '0'],
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^pawl: Cannot listen on --host 192\.0\.2\.1 .* \[PAWL_CANNOT_LISTEN\]\n$/);
  });
});
