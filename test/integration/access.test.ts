// Bearer tokens on the real command: before bodies, on /shutdown from loopback, and never in a log.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, openSocket, requestText } from '../helpers/raw-http.ts';
import { runPawl } from '../helpers/run-pawl.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/kinds.mjs';
const TOKEN = 'correct-horse-battery-staple';
const WRONG = 'incorrect-horse-battery-staple';
const folder = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
const file = path.join(folder, 'tokens');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('pawl serve --auth-token-file', () => {
  let server: RunningServer;

  beforeAll(async () => {
    writeFileSync(file, `# the only one\n${TOKEN}\n`);
    server = await startServer(PREDICTOR, { args: ['--auth-token-file', file, '--log-level', 'debug'] });
  });

  it.each([[[]], [['expect: 100-continue']]])('answers 401 before a body is sent, with %j', async (more) => {
    const socket = await openSocket(Number(new URL(server.url).port));
    const head = requestText(
      'POST /predictions',
      'content-type: application/json',
      'content-length: 50000000',
      ...more,
    );
    const answer = await exchange(socket, head);
    expect(answer).toMatchObject({ status: 401, body: { code: 'PAWL_UNAUTHORIZED' } });
    expect(answer.headers).toContain('www-authenticate: bearer\r\n');
    socket.destroy();
  });

  it('serves with a token, and stops for POST /shutdown only with one', async () => {
    const call = (token: string | null) =>
      fetch(`${server.url}/shutdown`, {
        method: 'POST',
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
      });
    const predicted = await fetch(`${server.url}/predictions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ input: { kind: 'value' } }),
    });
    expect(predicted.status).toBe(200);
    expect([(await call(null)).status, (await call(WRONG)).status]).toEqual([401, 401]);
    expect((await fetch(`${server.url}/health-check`)).status).toBe(200);
    expect((await call(TOKEN)).status).toBe(200);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    for (const secret of [TOKEN, WRONG]) expect(server.stderr()).not.toContain(secret);
  });
});

it('a file without tokens is bad usage: one line, exit code 2, nothing listens', async () => {
  writeFileSync(file, '# none yet\n');
  const { code, stdout, stderr } = await runPawl([
    'serve',
    PREDICTOR,
    '--port',
    '0',
    '--auth-token-file',
    file,
  ]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    `pawl: --auth-token-file ${JSON.stringify(file)} cannot be used: it holds no token; write one on a line of its own.\n`,
  );
});
