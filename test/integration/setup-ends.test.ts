// A start that does not come to its end: the health says so in time, keeps the log, and nothing of the worker stays.
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { descendantsOf } from '../helpers/processes.ts';
import { startServer } from '../helpers/start-server.ts';

interface Health {
  readonly status: string;
  readonly setup: { readonly status: string; readonly logs: string; readonly completed_at?: string };
}

it.each([
  ['dies on import', [], 'on import\n', /was killed by SIGKILL .*during setup/],
  ['dies in setup', [], 'on import\nin setup\n', /crashed in native code \(SIGSEGV\) during setup/],
  [
    'hangs in setup',
    ['--setup-timeout', '3'],
    'on import\nin setup\n',
    /took longer than 3 s \(--setup-timeout\)/,
  ],
  [
    'blocks in setup',
    ['--setup-timeout', '3'],
    'on import\nin setup\n',
    /took longer than 3 s \(--setup-timeout\)/,
  ],
] as const)(
  'a worker that %s is SETUP_FAILED, its log is kept and its tree is gone',
  async (how, args, log, why) => {
    const server = await startServer('test/fixtures/predictors/never-ready.mjs', {
      args,
      env: { NEVER_READY: how },
      until: 'listening',
    });
    try {
      const { setup } = await endOfStart(server.url);
      expect(setup).toMatchObject({ status: 'failed', completed_at: expect.any(String) });
      expect(setup.logs.startsWith(log)).toBe(true);
      expect(setup.logs).toMatch(why);
      await eventually('nothing is left', () => (descendantsOf(server.pid).length === 0 ? true : null));
      const refused = await fetch(`${server.url}/predictions`, { method: 'POST' });
      expect(refused.status).toBe(503);
      const body = (await refused.json()) as { error: string };
      expect(body).toMatchObject({ code: 'PAWL_SETUP_FAILED', status: 'failed' });
      expect(body.error).toMatch(why);
    } finally {
      await server.stop();
    }
  },
);

it('a worker for which there are too few descriptors says so', async () => {
  const { execPath } = process;
  const server = await startServer('test/fixtures/predictors/kinds.mjs', {
    command: ['sh', '-c', 'ulimit -n 90; exec "$@"', 'sh', execPath, 'dist/cli/main.js'],
    until: 'listening',
  });
  try {
    const { status, setup } = await endOfStart(server.url);
    expect(status).toBe('SETUP_FAILED');
    expect(setup.logs).toMatch(/^the worker could not set up its pipes \(E.*\): is the limit of open files/);
    await eventually('nothing is left', () => (descendantsOf(server.pid).length === 0 ? true : null));
  } finally {
    await server.stop();
  }
});

function endOfStart(url: string): Promise<Health> {
  return eventually('the end of the start', async () => {
    const response = await fetch(`${url}/health-check`);
    const health = (await response.json()) as Health;
    return health.status === 'STARTING' ? null : health;
  });
}
