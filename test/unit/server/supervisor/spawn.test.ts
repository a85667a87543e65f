import { expect, it } from 'vitest';
import { workerEnvironment } from '../../../../src/server/supervisor/spawn.ts';

it('a worker sees the environment without the secrets and channels of the server', () => {
  const env = {
    PATH: '/bin',
    MY_MODEL_KEY: 'kept',
    NODE_OPTIONS: '--max-old-space-size=100',
    WEBHOOK_AUTH_TOKEN: 'secret',
    PAWL_WEBHOOK_SECRET: 'secret',
    PAWL_AUTH_TOKEN_FILE: 'secret',
    SENTRY_DSN: 'secret',
    NODE_CHANNEL_FD: '3',
  };
  const places = { workDir: '/tmp/w', slotSocketPath: '/tmp/w/s', predictorPath: '/p.ts' };
  expect(workerEnvironment(env, { mark: 'abc', ...places })).toEqual({
    PATH: '/bin',
    MY_MODEL_KEY: 'kept',
    NODE_OPTIONS: '--max-old-space-size=100',
    PAWL_WORKER_MARK: 'abc',
    PAWL_WORKER_DIR: '/tmp/w',
    PAWL_WORKER_SOCKET: '/tmp/w/s',
    PAWL_WORKER_PREDICTOR: '/p.ts',
  });
});
