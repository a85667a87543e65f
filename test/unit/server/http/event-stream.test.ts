import { createParser } from 'eventsource-parser';
import type { Response } from 'light-my-request';
import { describe, expect, it } from 'vitest';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import { fakeServer, post, put, STREAMING } from '../../../helpers/fake-server.ts';

const ACCEPT = { accept: 'text/event-stream' };
const CREATES = [
  ['POST', (id: string) => post('/predictions', { id }, ACCEPT)],
  ['PUT', (id: string) => put(`/predictions/${id}`, {}, ACCEPT)],
] as const;

function eventsOf(response: Response) {
  const events: { event: string | undefined; id: string | undefined; data: unknown }[] = [];
  createParser({
    onEvent: ({ event, id, data }) => void events.push({ event, id, data: JSON.parse(data) }),
  }).feed(response.payload);
  return events;
}

const typesOf = (response: Response) => eventsOf(response).map(({ event }) => event);

describe.each(CREATES)('%s that asks for an event stream', (_method, create) => {
  it('is answered with the events of a new prediction, from the first to completed', async () => {
    const { fleet, begin } = fakeServer({ document: STREAMING });
    const { answer } = await begin(create('a'));
    fleet.run.log('one\n');
    fleet.run.output('chunk', 'x', 0);
    fleet.run.metric('tokens', 1, 'increment');
    fleet.run.succeedAsList();
    const response = await answer;
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    expect(response.headers).not.toHaveProperty('content-length');
    expect(eventsOf(response).map(({ event, data }) => [event, event === 'completed' ? null : data])).toEqual(
      [
        ['start', { id: 'a', status: 'processing' }],
        ['log', { source: 'stdout', data: 'one\n' }],
        ['output', { chunk: 'x', index: 0 }],
        ['metric', { name: 'tokens', value: 1, mode: 'increment' }],
        ['completed', null],
      ],
    );
    expect(eventsOf(response).at(-1)?.data).toEqual({
      id: 'a',
      status: 'succeeded',
      input: {},
      output: ['x'],
      logs: 'one\n',
      metrics: { tokens: 1, predict_time: 0.012, queue_time: 0 },
      created_at: expect.any(String),
      started_at: expect.any(String),
      completed_at: expect.any(String),
    });
  });

  it('does not look at Prefer', async () => {
    const { fleet, begin } = fakeServer({ document: STREAMING });
    const request = create('a');
    const { answer } = await begin({ ...request, headers: { ...request.headers, prefer: 'respond-async' } });
    fleet.run.succeed(1);
    expect((await answer).headers['content-type']).toBe('text/event-stream');
  });

  it('is refused in JSON, as any other: 503 while starting, 406 without streaming, 422, 409', async () => {
    const refusal = async (options: Parameters<typeof fakeServer>[0]) => {
      const response = await fakeServer(options).ask(create('a'));
      expect(response.headers['content-type']).toBe('application/json');
      const { code = 'detail', error } = response.json();
      return { status: response.statusCode, code, error };
    };
    expect(await refusal({ document: null })).toMatchObject({ status: 503, code: 'PAWL_NOT_READY' });
    expect(await refusal({ document: {} })).toEqual({
      status: 406,
      code: 'PAWL_NOT_ACCEPTABLE',
      error:
        'This model does not support streaming responses. Add @cog.streaming to predict() to enable SSE.',
    });
    const strict = { components: { schemas: { Input: { type: 'object', required: ['s'] } } } };
    expect(await refusal({ document: { ...STREAMING, ...strict } })).toMatchObject({
      status: 422,
      code: 'detail',
    });
    expect(await refusal({ document: STREAMING, capacity: 0 })).toMatchObject({
      status: 409,
      code: 'PAWL_AT_CAPACITY',
    });
  });

  it('counts a Last-Event-ID for a prediction that is new as none', async () => {
    const { fleet, begin } = fakeServer({ document: STREAMING });
    const request = create('a');
    const { answer } = await begin({ ...request, headers: { ...request.headers, 'last-event-id': 'x-3' } });
    fleet.run.succeed(1);
    expect(typesOf(await answer)).toEqual(['start', 'output', 'completed']);
  });
});

describe('PUT with the id of a prediction that exists', () => {
  it('attaches to it, and never runs it again', async () => {
    const { fleet, ask, begin } = fakeServer({ document: STREAMING, capacity: 2 });
    await ask(post('/predictions', { id: 'a' }, { prefer: 'respond-async' }));
    fleet.run.output('chunk', 'x', 0);
    const attached = ask(put('/predictions/a', {}, ACCEPT));
    await new Promise((resolve) => setImmediate(resolve));
    fleet.run.succeedAsList();
    expect(typesOf(await attached)).toEqual(['start', 'output', 'completed']);
    expect(typesOf(await ask(put('/predictions/a', {}, ACCEPT)))).toEqual(['start', 'output', 'completed']);
    expect(fleet.slots.runs).toHaveLength(1);
    await expect(begin(put('/predictions/a', {}, ACCEPT))).rejects.toThrow('no prediction began');
  });
});

describe('GET /predictions/{id}/stream', () => {
  it('is the event stream of a prediction, however it was created', async () => {
    const { fleet, ask } = fakeServer({ document: STREAMING });
    await ask(post('/predictions', { id: 'a' }, { prefer: 'respond-async' }));
    const streamed = ask({ url: '/predictions/a/stream' });
    await new Promise((resolve) => setImmediate(resolve));
    fleet.run.succeed(1);
    const response = await streamed;
    expect(response.headers['content-type']).toBe('text/event-stream');
    expect(typesOf(response)).toEqual(['start', 'output', 'completed']);
  });

  it('goes on behind Last-Event-ID, and has nothing more for who has seen the end: 204', async () => {
    const { fleet, ask, begin } = fakeServer({ document: STREAMING });
    const { answer } = await begin(post('/predictions', { id: 'a' }));
    fleet.run.output('chunk', 'x', 0);
    fleet.run.succeedAsList();
    await answer;
    const resume = (id: string | undefined) =>
      ask({ url: '/predictions/a/stream', headers: { 'last-event-id': id ?? '' } });
    const all = eventsOf(await resume(''));
    expect(typesOf(await resume(all[0]?.id))).toEqual(['output', 'completed']);
    const done = await resume(all[2]?.id);
    expect([done.statusCode, done.payload]).toEqual([204, '']);
    expect(done.headers).not.toHaveProperty('content-type');
  });

  it('can be read by a web page of an origin that may', async () => {
    const origin = 'https://page.example';
    const { fleet, ask, begin } = fakeServer({ document: STREAMING, config: { corsOrigins: [origin] } });
    const { answer } = await begin(post('/predictions', { id: 'a' }));
    fleet.run.succeed(1);
    await answer;
    const response = await ask({ url: '/predictions/a/stream', headers: { origin } });
    expect(response.headers['access-control-allow-origin']).toBe(origin);
    expect(typesOf(response)).toEqual(['start', 'output', 'completed']);
  });

  it('answers HEAD with its headers, at once, and is read by nobody then', async () => {
    const { clock, ask } = fakeServer({ document: STREAMING });
    await ask(post('/predictions', { id: 'a' }, { prefer: 'respond-async' }));
    const before = clock.pending;
    const response = await ask({ method: 'HEAD', url: '/predictions/a/stream' });
    expect([response.statusCode, response.payload]).toEqual([200, '']);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
    });
    expect(response.headers).not.toHaveProperty('content-length');
    expect(clock.pending).toBe(before);
    expect((await ask({ method: 'HEAD', url: '/predictions/b/stream' })).statusCode).toBe(404);
  });

  it('is 404 for an id that is not known, and 503 while none can be', async () => {
    const unknown = await fakeServer({ document: STREAMING }).ask({ url: '/predictions/a/stream' });
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'PAWL_PREDICTION_NOT_FOUND']);
    const starting = await fakeServer({ document: null }).ask({ url: '/predictions/a/stream' });
    expect([starting.statusCode, starting.json().code]).toEqual([503, 'PAWL_NOT_READY']);
  });

  it('is 406 where the predictor does not stream', async () => {
    const { fleet, ask, begin } = fakeServer({ document: {} });
    const { answer } = await begin(post('/predictions', { id: 'a' }));
    fleet.run.succeed(1);
    await answer;
    expect((await ask({ url: '/predictions/a/stream' })).statusCode).toBe(406);
  });

  it('is 429 for one reader too many', async () => {
    const { app, ask } = fakeServer({ document: STREAMING });
    await ask(post('/predictions', { id: 'a' }, { prefer: 'respond-async' }));
    const prediction = app.engine.service.find('predict', asPredictionId('a'));
    if (prediction === null) throw new Error('it is not there');
    const readers = Array.from({ length: 1_024 }, () => app.streams.open(prediction, null));
    const response = await ask({ url: '/predictions/a/stream' });
    expect(response.statusCode).toBe(429);
    expect(response.json()).toEqual({ error: 'Too many stream subscribers', code: 'PAWL_TOO_MANY_READERS' });
    for (const reader of readers) reader?.destroy();
  });
});

describe('trainings', () => {
  it('have no event streams', async () => {
    const text = 'Training endpoints do not support streaming responses.';
    const { ask } = fakeServer({ document: STREAMING, has: { train: true } });
    for (const request of [
      post('/trainings', {}, ACCEPT),
      put('/trainings/a', {}, ACCEPT),
      { url: '/trainings/a/stream' },
    ]) {
      const response = await ask(request);
      expect(response.statusCode).toBe(406);
      expect(response.json()).toEqual({ error: text, code: 'PAWL_NOT_ACCEPTABLE' });
    }
  });
});

describe('shutdown', () => {
  it('ends streams with completed before connections are closed', async () => {
    const { app, fleet, begin } = fakeServer({ document: STREAMING });
    const { answer } = await begin(post('/predictions', { id: 'a' }, ACCEPT));
    const closed = app.close(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(fleet.run.isCanceled).toBe(true);
    fleet.run.cancel();
    const response = await answer;
    expect(eventsOf(response).at(-1)).toMatchObject({ event: 'completed', data: { status: 'canceled' } });
    await closed;
  });
});
