import { describe, expect, it } from 'vitest';
import { PawlError } from '../../../../src/errors.ts';
import { documentWith, fakeServer, post, put } from '../../../helpers/fake-server.ts';

const STRICT = documentWith({
  type: 'object',
  properties: { s: { type: 'string' }, n: { type: 'integer', maximum: 5 } },
  required: ['s'],
});

describe('POST /predictions, waiting for the end', () => {
  it('answers 200 with the output, the logs and the metrics', async () => {
    const { fleet, clock, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', { id: 'a', input: { s: 'x' }, context: { k: 'v' } }));
    expect(fleet.run.request).toEqual({
      id: 'a',
      mode: 'predict',
      input: { s: 'x' },
      files: [],
      context: { k: 'v' },
    });
    fleet.run.log('one\n');
    fleet.run.metric('tokens', 3);
    clock.advance(250);
    fleet.run.succeed('hello x', 125);
    const response = await answer;
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.json()).toEqual({
      id: 'a',
      status: 'succeeded',
      output: 'hello x',
      logs: 'one\n',
      metrics: { tokens: 3, predict_time: 0.125, queue_time: 0 },
      created_at: '1970-01-01T00:16:40.000Z',
      started_at: '1970-01-01T00:16:40.000Z',
      completed_at: '1970-01-01T00:16:40.250Z',
    });
  });

  it('has in its metrics what the worker measured, and nothing for what it could not', async () => {
    const { fleet, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', {}));
    fleet.run.observer.onUsage({
      setupMs: 1_234.5678,
      cpuMs: 80,
      memoryPeakBytes: 1_048_576,
      subprocessCpuMs: null,
      subprocessMemoryPeakBytes: null,
    });
    // A worker in another language may not know which names are taken.
    fleet.run.metric('cpu_time', 'mine');
    fleet.run.succeed();
    expect((await answer).json().metrics).toEqual({
      predict_time: 0.012,
      queue_time: 0,
      setup: 1.234568,
      cpu_time: 0.08,
      memory_peak_bytes: 1_048_576,
    });
  });

  it('answers a failure with 200, its text, its code, its log and the output so far', async () => {
    const { fleet, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', {}));
    fleet.run.output('chunk', 'a', 0);
    fleet.run.log('before\n');
    fleet.run.fail('ValueError', 'no good');
    const response = await answer;
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      status: 'failed',
      error: 'ValueError: no good',
      error_code: 'PAWL_PREDICT_FAILED',
      output: ['a'],
      logs: 'before\n',
    });
  });

  it('answers a cancelation with 200, without error, with log and output so far', async () => {
    const { fleet, ask, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', { id: 'a' }));
    fleet.run.log('working\n');
    fleet.run.output('chunk', 1);
    expect((await ask({ method: 'POST', url: '/predictions/a/cancel' })).statusCode).toBe(200);
    expect(fleet.run.isCanceled).toBe(true);
    fleet.run.succeedAsList();
    const body = (await answer).json();
    expect(body).toMatchObject({ status: 'canceled', logs: 'working\n', output: [1] });
    expect(body).not.toHaveProperty('error');
  });

  it('answers an empty list where a generator yielded nothing, and null where nothing was returned', async () => {
    const { fleet, begin } = fakeServer();
    const first = await begin(post('/predictions', {}));
    fleet.run.succeedAsList();
    expect((await first.answer).json().output).toEqual([]);
    const second = await begin(post('/predictions', {}));
    fleet.run.succeed();
    expect((await second.answer).json().output).toBeNull();
  });

  it('answers 422 in Cog’s shape when the predictor itself refuses the input, and frees the id', async () => {
    const { fleet, begin, ask } = fakeServer();
    const issues = [{ path: ['image', 0], message: 'too small' }];
    const { answer } = await begin(put('/predictions/a', { input: {} }));
    fleet.run.fail('PawlError', 'the input does not fit', 'PAWL_INPUT_INVALID', issues);
    const response = await answer;
    expect(response.statusCode).toBe(422);
    expect(response.json()).toEqual({
      detail: [{ loc: ['body', 'input', 'image', 0], msg: 'too small', type: 'value_error' }],
    });
    expect((await ask({ url: '/predictions/a' })).statusCode).toBe(404);
  });

  it('generates a 26-character id where none is given', async () => {
    const { fleet, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', {}));
    fleet.run.succeed();
    expect((await answer).json().id).toMatch(/^[a-z2-7]{26}$/);
  });
});

describe('Prefer', () => {
  it('answers 202 at once for respond-async, and the prediction goes on', async () => {
    const { fleet, ask } = fakeServer();
    const response = await ask(post('/predictions', { id: 'a' }, { prefer: 'respond-async' }));
    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual({ id: 'a', status: 'starting' });
    expect((await ask({ url: '/predictions/a' })).json().status).toBe('processing');
    fleet.run.succeed(1);
    expect((await ask({ url: '/predictions/a' })).json()).toMatchObject({ status: 'succeeded', output: 1 });
  });

  it('answers 202 with status starting when wait expires, and the prediction goes on', async () => {
    const { fleet, clock, ask, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', { id: 'a' }, { prefer: 'wait=2' }));
    fleet.run.log('busy\n');
    clock.advance(2_000);
    const response = await answer;
    expect(response.statusCode).toBe(202);
    expect(response.json()).toMatchObject({ id: 'a', status: 'starting', logs: 'busy\n' });
    expect(fleet.run.isCanceled).toBe(false);
    fleet.run.succeed(1);
    expect((await ask({ url: '/predictions/a' })).json().status).toBe('succeeded');
  });

  it('answers 200 when the end comes before wait expires, and leaves no timer behind', async () => {
    const { fleet, clock, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', {}, { prefer: 'wait=2' }));
    fleet.run.succeed(1);
    expect((await answer).statusCode).toBe(200);
    expect(clock.pending).toBe(0);
  });

  it('says in Preference-Applied which preferences were followed', async () => {
    const { fleet, clock, ask, begin } = fakeServer({ capacity: 3 });
    const async = await ask(post('/predictions', {}, { prefer: 'respond-async' }));
    expect(async.headers['preference-applied']).toBe('respond-async');
    const expiring = await begin(post('/predictions', {}, { prefer: 'wait=1, respond-async' }));
    clock.advance(1_000);
    expect((await expiring.answer).headers['preference-applied']).toBe('respond-async, wait=1');
    const ending = await begin(post('/predictions', {}, { prefer: 'wait=1, respond-async' }));
    fleet.run.succeed(1);
    expect((await ending.answer).headers['preference-applied']).toBe('wait=1');
    fleet.slots.runs[0]?.succeed();
    const plain = await begin(post('/predictions', {}, { prefer: 'return=minimal' }));
    fleet.run.succeed(1);
    expect((await plain.answer).headers).not.toHaveProperty('preference-applied');
  });
});

describe('the order of the checks', () => {
  it('looks at the body before readiness', async () => {
    const { ask } = fakeServer({ document: null });
    expect((await ask(post('/predictions', { context: 1 }))).statusCode).toBe(422);
  });

  it.each([
    ['starting', 'PAWL_NOT_READY'],
    ['recovering', 'PAWL_NOT_READY'],
    ['setup_failed', 'PAWL_SETUP_FAILED'],
    ['defunct', 'PAWL_DEFUNCT'],
    ['stopped', 'PAWL_SHUTTING_DOWN'],
  ] as const)(
    'answers 503 while the fleet is %s, before it looks at Accept or the input',
    async (status, code) => {
      const { fleet, ask } = fakeServer({ document: STRICT });
      fleet.become(status, new PawlError('PAWL_SETUP_THREW', 'Error: boom'));
      for (const headers of [{}, { accept: 'text/event-stream' }]) {
        const response = await ask(
          post('/predictions', { input: { n: 'wrong' } }, headers as Record<string, string>),
        );
        expect(response.statusCode).toBe(503);
        expect(response.json()).toMatchObject({ code, status: 'failed' });
      }
    },
  );

  it('answers 406 for an event stream before it looks at the input', async () => {
    const { ask } = fakeServer({ document: STRICT });
    const response = await ask(post('/predictions', { input: {} }, { accept: 'text/event-stream' }));
    expect(response.statusCode).toBe(406);
    expect(response.json().code).toBe('PAWL_NOT_ACCEPTABLE');
  });

  it('answers 422 for the input before it looks for a slot', async () => {
    const { ask } = fakeServer({ document: STRICT, capacity: 0 });
    const response = await ask(post('/predictions', { input: { n: 9 } }));
    expect(response.statusCode).toBe(422);
    expect(response.json()).toEqual({
      detail: [
        { loc: ['body', 'input', 's'], msg: 'Field required', type: 'value_error.missing' },
        { loc: ['body', 'input', 'n'], msg: 'must be <= 5', type: 'value_error' },
      ],
    });
  });

  it('answers 409 with Retry-After when no slot is free', async () => {
    const { ask } = fakeServer({ capacity: 0 });
    const response = await ask(post('/predictions', {}));
    expect(response.statusCode).toBe(409);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.json()).toEqual({
      error: 'At capacity - all prediction slots busy',
      code: 'PAWL_AT_CAPACITY',
      status: 'failed',
    });
  });
});

describe('unknown inputs', () => {
  it('are dropped with a line in the log of the prediction', async () => {
    const { fleet, begin } = fakeServer({ document: STRICT });
    const { answer } = await begin(post('/predictions', { input: { s: 'x', foo: 1 } }));
    expect(fleet.run.request.input).toEqual({ s: 'x' });
    fleet.run.succeed();
    expect((await answer).json().logs).toBe('Ignoring unknown input "foo"\n');
  });
});
