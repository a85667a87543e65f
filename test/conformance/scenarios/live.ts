// What happens while something runs: streams, health, cancels.
import type { Scenario } from '../scenario.ts';
import { ASYNC } from '../transcript.ts';

const STREAM = { accept: 'text/event-stream' };

export const STREAMS: readonly Scenario[] = [
  {
    name: 'event streams',
    twin: 'Items',
    async run(client) {
      await client.post({ input: { count: 2 } }, STREAM);
      await client.post({ input: { count: 1, fail: true } }, STREAM);
      await client.post({ input: { count: 0 } }, { accept: 'application/json, text/event-stream;q=0.5' });
      await client.post({ input: { count: 'x' } }, STREAM);
      await client.ask({ method: 'PUT', path: '/predictions/mine', body: { input: {} }, headers: STREAM });
      await client.ask({ method: 'POST', path: '/trainings', body: { input: {} }, headers: STREAM });
    },
  },
  {
    name: 'metrics in a stream',
    twin: 'MetricItems',
    async run(client) {
      await client.post({ input: {} }, STREAM);
    },
  },
  {
    name: 'streams of a predictor without them',
    twin: 'Kinds',
    async run(client) {
      await client.post({ input: { kind: 'one' } }, STREAM);
      await client.ask({
        method: 'PUT',
        path: '/predictions/mine',
        body: { input: { kind: 'one' } },
        headers: STREAM,
      });
      await client.post({ input: { kind: 'one' } }, { accept: '*/*' });
    },
  },
  {
    name: 'streams before setup has ended',
    twin: 'SlowSetup',
    until: 'STARTING',
    async run(client) {
      await client.post({ input: {} }, STREAM);
    },
  },
];

export const HEALTH: readonly Scenario[] = [
  {
    name: 'health when ready',
    twin: 'Echo',
    async run(client) {
      await client.ask({ method: 'GET', path: '/health-check' });
    },
  },
  {
    name: 'health while starting',
    twin: 'SlowSetup',
    until: 'STARTING',
    async run(client) {
      await client.ask({ method: 'GET', path: '/health-check' });
      await client.ask({ method: 'GET', path: '/openapi.json' });
      await client.ask({ method: 'GET', path: '/' });
      await client.post({ input: {} });
      await client.ask({ method: 'POST', path: '/predictions/x/cancel' });
    },
  },
  {
    name: 'health after a failed setup',
    twin: 'FailsInSetup',
    until: 'SETUP_FAILED',
    async run(client) {
      await client.ask({ method: 'GET', path: '/health-check' });
      await client.post({ input: {} });
    },
  },
  {
    name: 'a healthcheck that says no',
    twin: 'Unhealthy',
    async run(client) {
      await client.ask({ method: 'GET', path: '/health-check' });
      await client.post({ input: {} });
    },
  },
];

export const CANCELS: readonly Scenario[] = [
  {
    name: 'an id in use',
    twin: 'Slow',
    env: { COG_MAX_CONCURRENCY: '2' },
    async run(client) {
      const body = { input: { seconds: 30 } };
      await client.ask({ method: 'PUT', path: '/predictions/mine', body, headers: ASYNC });
      await client.untilRunning('mine', body);
      await client.ask({ method: 'PUT', path: '/predictions/mine', body });
      await client.ask({ method: 'PUT', path: '/predictions/mine', body: { input: { seconds: 'x' } } });
      await client.ask({ method: 'POST', path: '/predictions/mine/cancel' });
      await client.untilGone('mine');
      await client.ask({ method: 'POST', path: '/trainings/mine/cancel' });
    },
  },
  {
    name: 'at capacity',
    twin: 'Slow',
    async run(client) {
      await client.post({ id: 'first', input: { seconds: 30 } }, ASYNC);
      await client.refused(() => client.post({ input: { seconds: 30 } }));
      await client.ask({ method: 'POST', path: '/predictions/first/cancel' });
    },
  },
  {
    name: 'a canceled prediction answers its request',
    twin: 'Slow',
    async run(client) {
      await client.cancelUntil(client.post({ id: 'mine', input: { seconds: 30 } }), 'mine');
    },
  },
];

export const TRAININGS: readonly Scenario[] = [
  {
    name: 'trainings beside predictions',
    twin: 'Trains',
    async run(client) {
      await client.ask({ method: 'GET', path: '/' });
      await client.ask({ method: 'POST', path: '/predictions', body: { input: { s: 'y' } } });
      await client.ask({ method: 'POST', path: '/trainings', body: { input: { s: 1 } } });
      await client.ask({ method: 'PUT', path: '/trainings/a', body: { id: 'b', input: {} } });
      await client.ask({ method: 'POST', path: '/trainings', body: { input: {} }, headers: STREAM });
      await client.ask({ method: 'POST', path: '/trainings/never/cancel' });
    },
  },
];
