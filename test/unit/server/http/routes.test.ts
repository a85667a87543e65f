import { describe, expect, it } from 'vitest';
import { documentWith, fakeServer, post, put } from '../../../helpers/fake-server.ts';

const ASYNC = { prefer: 'respond-async' };

describe('GET /', () => {
  it('lists the paths of predictions, and of trainings where the predictor has them', async () => {
    const plain = await fakeServer().ask({ url: '/' });
    expect(plain.json()).toMatchObject({ cog_version: '0.23.1', predictions_url: '/predictions' });
    expect(plain.json()).not.toHaveProperty('trainings_url');
    const training = await fakeServer({ has: { train: true } }).ask({ url: '/' });
    expect(training.json()).toMatchObject({ trainings_idempotent_url: '/trainings/{training_id}' });
    const only = await fakeServer({ config: { mode: 'train' } }).ask({ url: '/' });
    expect(only.json()).not.toHaveProperty('predictions_url');
    expect(only.json()).toHaveProperty('trainings_url');
  });
});

describe('GET /openapi.json', () => {
  it('is the document as it was reported', async () => {
    const document = documentWith({ type: 'object', properties: {} });
    const response = await fakeServer({ document }).ask({ url: '/openapi.json' });
    expect([response.statusCode, response.json()]).toEqual([200, document]);
  });

  it('is 503 before it is known', async () => {
    const response = await fakeServer({ document: null }).ask({ url: '/openapi.json' });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ error: 'OpenAPI schema not available', code: 'PAWL_NOT_READY' });
  });
});

describe('a path without a route, or a method the path does not have', () => {
  it.each(['/nope', '/predictions/', '/predictions/a/streams', '/Health-Check', '//'])(
    '404 for %s',
    async (url) => {
      const response = await fakeServer().ask({ url });
      expect(response.statusCode).toBe(404);
      expect(response.json()).toEqual({ error: expect.any(String), code: 'PAWL_NOT_FOUND' });
    },
  );

  it.each([
    ['DELETE', '/predictions/a', 'GET, HEAD, PUT'],
    ['PATCH', '/predictions?x=1', 'GET, HEAD, POST'],
    ['GET', '/predictions/a/cancel', 'POST'],
    ['OPTIONS', '/shutdown', 'POST'],
    ['POST', '/health-check', 'GET, HEAD'],
  ] as const)('405 for %s %s, with Allow: %s', async (method, url, allow) => {
    const response = await fakeServer().ask({ method, url });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe(allow);
    expect(response.json().code).toBe('PAWL_METHOD_NOT_ALLOWED');
  });

  it('400 for a URL that does not decode', async () => {
    const response = await fakeServer().ask({ url: '/predictions/%ff' });
    expect([response.statusCode, response.json().code]).toEqual([400, 'PAWL_BAD_REQUEST']);
  });

  it.each([
    '/',
    '/health-check',
    '/openapi.json',
    '/predictions',
    '/predictions/a',
    '/predictions/b',
    '/nope',
  ])('HEAD %s answers what GET would, without a body', async (url) => {
    const { ask } = fakeServer();
    await ask(post('/predictions', { id: 'a' }, ASYNC));
    const [get, head] = [await ask({ url }), await ask({ method: 'HEAD', url })];
    expect([head.statusCode, head.payload]).toEqual([get.statusCode, '']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(head.headers['content-type']).toBe('application/json');
  });

  it.each([
    ['POST', '/predictions/'],
    ['PUT', '/predictions/'],
    ['PUT', '/predictions/a/'],
    ['POST', '/predictions/a/cancel/'],
    ['DELETE', '/predictions/'],
    ['POST', '/shutdown/'],
  ] as const)('404 for %s %s: a slash at the end is another path', async (method, url) => {
    const { ask, fleet } = fakeServer();
    const response = await ask({ ...post(url, {}), method });
    expect([response.statusCode, response.json().code]).toEqual([404, 'PAWL_NOT_FOUND']);
    expect(fleet.slots.runs).toEqual([]);
  });
});

describe('POST /predictions/{id}/cancel', () => {
  it('answers 200 with the object, again and again, while the prediction runs', async () => {
    const { fleet, ask } = fakeServer();
    await ask(post('/predictions', { id: 'a', input: { s: 1 } }, ASYNC));
    for (let times = 0; times < 2; times++) {
      const response = await ask({
        method: 'POST',
        url: '/predictions/a/cancel',
        headers: { 'content-type': 'nonsense' },
        payload: 'ignored',
      });
      expect(response.statusCode).toBe(200);
      expect(response.json()).toMatchObject({ id: 'a', status: 'processing', input: { s: 1 } });
    }
    fleet.run.cancel();
    expect((await ask({ url: '/predictions/a' })).json().status).toBe('canceled');
  });

  it('answers 404 for an unknown and for a finished prediction', async () => {
    const { fleet, ask } = fakeServer();
    await ask(post('/predictions', { id: 'a' }, ASYNC));
    fleet.run.succeed();
    for (const id of ['a', 'unknown', 'not%20an%20id']) {
      const response = await ask({ method: 'POST', url: `/predictions/${id}/cancel` });
      expect([response.statusCode, response.json().code]).toEqual([404, 'PAWL_PREDICTION_NOT_FOUND']);
    }
  });

  it('makes the end canceled whatever the worker reports afterwards', async () => {
    const { fleet, ask } = fakeServer({ capacity: 2 });
    await ask(post('/predictions', { id: 'a' }, ASYNC));
    await ask({ method: 'POST', url: '/predictions/a/cancel' });
    fleet.run.succeed('too late');
    await ask(post('/predictions', { id: 'b' }, ASYNC));
    await ask({ method: 'POST', url: '/predictions/b/cancel' });
    fleet.run.fail('Error', 'too late');
    for (const id of ['a', 'b']) {
      const body = (await ask({ url: `/predictions/${id}` })).json();
      expect(body.status).toBe('canceled');
      expect(body).not.toHaveProperty('error');
    }
  });
});

describe('GET /predictions', () => {
  it('lists newest first, and its next and previous pages lead through all of them', async () => {
    const { fleet, ask } = fakeServer({ capacity: 9 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      await ask(post('/predictions', { id }, ASYNC));
      if (id !== 'c') fleet.run.succeed(id);
    }
    const ids = async (url: string) => {
      const body = (await ask({ url })).json();
      return { ids: body.results.map(({ id }: { id: string }) => id), ...body };
    };
    const whole = await ids('/predictions');
    expect(whole.ids).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect([whole.next, whole.previous]).toEqual([null, null]);
    const first = await ids('/predictions?limit=2');
    expect([first.ids, first.previous]).toEqual([['e', 'd'], null]);
    const second = await ids(first.next);
    expect(second.ids).toEqual(['c', 'b']);
    const third = await ids(second.next);
    expect([third.ids, third.next]).toEqual([['a'], null]);
    expect((await ids(third.previous)).ids).toEqual(['c', 'b']);
    expect((await ids((await ids(third.previous)).previous)).ids).toEqual(['e', 'd']);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x'])('refuses ?%s with 422', async (query) => {
    const response = await fakeServer().ask({ url: `/predictions?${query}` });
    expect(response.statusCode).toBe(422);
    expect(response.json().detail[0].loc).toEqual(['query', query.split('=')[0]]);
  });
});

describe('/trainings', () => {
  it('is 404 where the predictor has no train, and 503 while that is not known', async () => {
    const without = await fakeServer().ask(post('/trainings', {}));
    expect([without.statusCode, without.json().code]).toEqual([404, 'PAWL_NOT_FOUND']);
    expect((await fakeServer().ask({ method: 'DELETE', url: '/trainings' })).statusCode).toBe(404);
    const early = await fakeServer({ document: null }).ask(post('/trainings', {}));
    expect([early.statusCode, early.json().code]).toEqual([503, 'PAWL_NOT_READY']);
  });

  it('checks with TrainingInput and runs train', async () => {
    const document = documentWith(
      { type: 'object', properties: {} },
      { TrainingInput: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } },
    );
    const { fleet, ask } = fakeServer({ document, has: { train: true } });
    expect((await ask(post('/trainings', { input: {} }))).statusCode).toBe(422);
    expect((await ask(post('/trainings', { input: { n: 1 } }, ASYNC))).statusCode).toBe(202);
    expect(fleet.run.request).toMatchObject({ mode: 'train', input: { n: 1 } });
  });

  it('shares no prediction: neither to see, nor to cancel, nor to attach to', async () => {
    const { ask } = fakeServer({ has: { train: true }, capacity: 2 });
    await ask(post('/predictions', { id: 'a' }, ASYNC));
    expect((await ask({ url: '/trainings/a' })).statusCode).toBe(404);
    expect((await ask({ method: 'POST', url: '/trainings/a/cancel' })).statusCode).toBe(404);
    expect((await ask(put('/trainings/a', {}))).json().code).toBe('PAWL_ID_IN_USE');
    expect((await ask({ url: '/trainings' })).json().results).toEqual([]);
  });

  it('is all there is with mode train', async () => {
    const { ask } = fakeServer({ config: { mode: 'train' } });
    expect((await ask(post('/predictions', {}))).statusCode).toBe(404);
    expect((await ask(post('/trainings', {}, ASYNC))).statusCode).toBe(202);
  });
});

describe('POST /shutdown', () => {
  it('answers 200 {} and then stops: nothing new is taken, what runs may end', async () => {
    const { app, fleet, ask, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', {}));
    const response = await ask({ method: 'POST', url: '/shutdown' });
    expect([response.statusCode, response.payload]).toEqual([200, '{}']);
    const late = await ask(post('/predictions', {}));
    expect([late.statusCode, late.json().code]).toEqual([503, 'PAWL_SHUTTING_DOWN']);
    fleet.run.succeed('done');
    expect((await answer).json().output).toBe('done');
    await app.closed;
    expect(fleet.status).toBe('stopped');
  });

  it('cancels what still runs after the grace period', async () => {
    const { app, fleet, clock, begin } = fakeServer({ config: { shutdownGraceMs: 1_000 } });
    const { answer } = await begin(post('/predictions', {}));
    const closing = app.close();
    clock.advance(999);
    expect(fleet.run.isCanceled).toBe(false);
    clock.advance(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(fleet.run.isCanceled).toBe(true);
    fleet.run.cancel();
    expect((await answer).json().status).toBe('canceled');
    await closing;
  });
});
