// Trainings end to end: real server, real worker, predictors with train().
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const TRAINS = 'test/fixtures/predictors/trains.ts';
const folder = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Json = { readonly [key: string]: unknown };

interface Reply {
  readonly status: number;
  readonly body: Json;
}

function caller(url: () => string) {
  return async (
    method: string,
    route: string,
    body: Json | null = null,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> => {
    const response = await fetch(`${url()}${route}`, {
      method,
      headers: { ...(body === null ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === null ? null : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };
}

const ASYNC = { prefer: 'respond-async' };

describe('a predictor with train()', () => {
  let server: RunningServer;
  const call = caller(() => server.url);

  beforeAll(async () => {
    server = await startServer(TRAINS);
  });
  afterAll(() => server?.stop());

  it('is listed by GET / with its training URLs', async () => {
    expect((await call('GET', '/')).body).toMatchObject({
      predictions_url: '/predictions',
      trainings_url: '/trainings',
      trainings_idempotent_url: '/trainings/{training_id}',
      trainings_cancel_url: '/trainings/{training_id}/cancel',
    });
  });

  it('has the training in its document', async () => {
    const { body } = await call('GET', '/openapi.json');
    expect(Object.keys(body.paths as Json)).toEqual(
      expect.arrayContaining(['/trainings', '/trainings/{training_id}', '/trainings/{training_id}/cancel']),
    );
    expect(body).toMatchObject({
      paths: { '/trainings': { post: { requestBody: expect.anything() } } },
      components: {
        schemas: {
          TrainingInput: {
            properties: { steps: { type: 'integer', minimum: 1, maximum: 100 } },
            required: ['steps'],
          },
          TrainingOutput: { properties: { weights: { type: 'string' } } },
          TrainingRequest: expect.anything(),
          TrainingResponse: expect.anything(),
        },
      },
    });
    // A training gives no event stream.
    expect(JSON.stringify((body.paths as { '/trainings': Json })['/trainings'])).not.toContain(
      'x-cog-streaming',
    );
  });

  it('trains: input by trainInput, logs, metrics, output', async () => {
    expect(await call('POST', '/trainings', { input: { steps: 2 } })).toMatchObject({
      status: 200,
      body: {
        status: 'succeeded',
        output: { weights: 'model-2.bin' },
        logs: 'step 1 of 2\nstep 2 of 2\n',
        metrics: { steps: 2, predict_time: expect.any(Number) },
      },
    });
    expect(await call('POST', '/predictions', { input: { s: 'you' } })).toMatchObject({
      status: 200,
      body: { output: 'hello you' },
    });
  });

  it('refuses what does not fit trainInput, also where input would take it', async () => {
    for (const input of [{ s: 'you' }, { steps: 0 }, { steps: 'many' }]) {
      const { status, body } = await call('POST', '/trainings', { input });
      expect([status, body]).toEqual([
        422,
        { detail: [expect.objectContaining({ loc: ['body', 'input', 'steps'] })] },
      ]);
    }
  });

  it('fails with error and error_code', async () => {
    expect(await call('POST', '/trainings', { input: { steps: 1, fail: true } })).toMatchObject({
      status: 200,
      body: {
        status: 'failed',
        error: 'RangeError: the loss is not a number',
        error_code: 'PAWL_PREDICT_FAILED',
        logs: expect.stringContaining('trains.ts:'),
      },
    });
  });

  it('is created, attached to, seen, listed and canceled under /trainings, and only there', async () => {
    const release = path.join(folder, 'release-1');
    const input = { steps: 1, name: 'one', release };
    expect(await call('PUT', '/trainings/one', { input }, ASYNC)).toEqual({
      status: 202,
      body: { id: 'one', status: 'starting' },
    });
    expect(await call('PUT', '/trainings/one', { input: { steps: 9 } })).toMatchObject({
      status: 202,
      body: { input },
    });
    expect(await call('GET', '/trainings/one')).toMatchObject({
      status: 200,
      body: { id: 'one', status: 'processing' },
    });
    expect((await call('GET', '/trainings')).body.results).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'one' })]),
    );
    // Neither kind answers for the other.
    expect((await call('GET', '/predictions/one')).status).toBe(404);
    expect((await call('POST', '/predictions/one/cancel')).status).toBe(404);
    expect(await call('PUT', '/predictions/one', { input: { s: 'x' } })).toMatchObject({
      status: 409,
      body: { code: 'PAWL_ID_IN_USE' },
    });
    expect((await call('GET', '/predictions')).body.results).not.toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'one' })]),
    );
    expect(await call('POST', '/trainings/one/cancel')).toMatchObject({ status: 200, body: { id: 'one' } });
    const ended = await eventually('its end', async () => {
      const { body } = await call('GET', '/trainings/one');
      return body.status === 'processing' ? null : body;
    });
    expect(ended).toMatchObject({ status: 'canceled', metrics: { cancel: { stage: 'signal' } } });
    expect((await call('POST', '/trainings/one/cancel')).status).toBe(404);
  });

  it('refuses a body id that is not the one of the URL, in the words of a training', async () => {
    const { status, body } = await call('PUT', '/trainings/one-a', { id: 'one-b', input: { steps: 1 } });
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('training ID must match the ID supplied in the URL');
  });

  it('gives no event stream', async () => {
    const { status, body } = await call(
      'POST',
      '/trainings',
      { input: { steps: 1 } },
      { accept: 'text/event-stream' },
    );
    expect([status, body.code]).toEqual([406, 'PAWL_NOT_ACCEPTABLE']);
  });

  it('trains while it predicts', async () => {
    const release = path.join(folder, 'release-2');
    await call('POST', '/trainings', { id: 'two', input: { steps: 1, release } }, ASYNC);
    expect((await call('POST', '/predictions', { input: { s: 'meanwhile' } })).body.output).toBe(
      'hello meanwhile',
    );
    writeFileSync(release, '');
    await eventually('the end of the training', async () =>
      (await call('GET', '/trainings/two')).body.status === 'succeeded' ? true : null,
    );
  });
});

describe('--mode train', () => {
  let server: RunningServer;
  const call = caller(() => server.url);
  afterAll(() => server?.stop());

  it('serves trainings and no predictions, from the predictor that COG_TRAIN_TYPE_STUB names', async () => {
    server = await startServer('--mode=train', { env: { COG_TRAIN_TYPE_STUB: `${TRAINS}:Predictor` } });
    for (const trained of [1, 2]) {
      expect((await call('POST', '/trainings', { input: { steps: 3 } })).body).toMatchObject({
        status: 'succeeded',
        output: { weights: 'model-3.bin', trained },
      });
    }
    for (const [method, route] of [
      ['POST', '/predictions'],
      ['GET', '/predictions'],
      ['PUT', '/predictions/a'],
      ['GET', '/predictions/a'],
      ['POST', '/predictions/a/cancel'],
    ] as const) {
      const answer = await call(method, route, method === 'GET' ? null : {});
      expect([answer.status, answer.body.code], `${method} ${route}`).toEqual([404, 'PAWL_NOT_FOUND']);
    }
    expect((await call('GET', '/')).body).not.toHaveProperty('predictions_url');
    const { paths } = (await call('GET', '/openapi.json')).body as { paths: Json };
    expect(Object.keys(paths).filter((route) => route.startsWith('/predictions'))).toEqual([]);
    expect(Object.keys(paths)).toContain('/trainings');
  });
});

it('a function called train is all that --mode train needs', async () => {
  const server = await startServer('test/fixtures/predictors/trains-only.mjs:train', {
    args: ['--mode', 'train'],
  });
  try {
    const call = caller(() => server.url);
    expect((await call('POST', '/trainings', { input: { steps: 5 } })).body.output).toEqual({ trained: 5 });
    expect((await call('POST', '/trainings', { input: {} })).status).toBe(422);
  } finally {
    await server.stop();
  }
});

it('a predictor without train() has no trainings, and fails to load with --mode train', async () => {
  const server = await startServer('test/fixtures/predictors/kinds.mjs');
  try {
    const call = caller(() => server.url);
    for (const [method, route] of [
      ['POST', '/trainings'],
      ['GET', '/trainings'],
      ['PUT', '/trainings/a'],
      ['GET', '/trainings/a'],
      ['POST', '/trainings/a/cancel'],
      ['DELETE', '/trainings'],
    ] as const) {
      const answer = await call(method, route, ['GET', 'DELETE'].includes(method) ? null : {});
      expect([answer.status, answer.body.code], `${method} ${route}`).toEqual([404, 'PAWL_NOT_FOUND']);
    }
    expect((await call('GET', '/')).body).not.toHaveProperty('trainings_url');
  } finally {
    await server.stop();
  }
  const misled = await startServer('test/fixtures/predictors/kinds.mjs', {
    args: ['--mode', 'train'],
    until: 'listening',
  });
  try {
    const call = caller(() => misled.url);
    const health = await eventually('the end of its setup', async () => {
      const { body } = await call('GET', '/health-check');
      return body.status === 'STARTING' ? null : body;
    });
    expect(health).toMatchObject({
      status: 'SETUP_FAILED',
      setup: { logs: expect.stringContaining('has no train()') },
    });
    expect((await call('POST', '/trainings', {})).body).toMatchObject({
      code: 'PAWL_SETUP_FAILED',
      status: 'failed',
    });
  } finally {
    await misled.stop();
  }
});
