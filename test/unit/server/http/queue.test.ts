import { describe, expect, it } from 'vitest';
import { PawlError } from '../../../../src/errors.ts';
import { limit } from '../../../../src/limits.ts';
import { documentWith, type FakeServer, fakeServer, post, put } from '../../../helpers/fake-server.ts';

const ASYNC = { prefer: 'respond-async' };
const turn = () => new Promise((resolve) => setImmediate(resolve));

function queueServer(queue: number, capacity = 1): FakeServer & { create(id: string): Promise<number> } {
  const server = fakeServer({ config: { queue }, capacity });
  const create = async (id: string) => (await server.ask(post('/predictions', { id }, ASYNC))).statusCode;
  return { ...server, create };
}

const idsRun = ({ fleet }: FakeServer) => fleet.slots.runs.map(({ request }) => request.id);

describe('a prediction that waits for a slot', () => {
  it('is accepted, found, listed and attached to, with its position', async () => {
    const { ask, create } = queueServer(2);
    await create('a');
    const created = await ask(post('/predictions', { id: 'b', input: { s: 1 } }, ASYNC));
    expect(created.statusCode).toBe(202);
    const waiting = { id: 'b', status: 'starting', queue: { position: 1, estimated_wait: null } };
    expect(created.json()).toEqual(waiting);
    expect((await ask({ url: '/predictions/b' })).json()).toEqual({
      ...waiting,
      input: { s: 1 },
      logs: '',
      metrics: {},
      created_at: '1970-01-01T00:16:40.000Z',
    });
    expect((await ask(put('/predictions/b', {}))).json()).toMatchObject(waiting);
    expect((await ask(post('/predictions', { id: 'b' }))).json().code).toBe('PAWL_ID_IN_USE');
    await create('c');
    const list = (await ask({ url: '/predictions' })).json().results;
    expect(list.map(({ id, queue }: { id: string; queue?: object }) => [id, queue])).toEqual([
      ['c', { position: 2, estimated_wait: null }],
      ['b', { position: 1, estimated_wait: null }],
      ['a', undefined],
    ]);
  });

  it('runs in its turn, also before those that come when a slot is free, and counts its wait', async () => {
    const server = queueServer(2);
    const { fleet, clock, ask, create } = server;
    await create('a');
    await create('b');
    clock.advance(4_000);
    fleet.run.succeed();
    await create('c');
    expect(idsRun(server)).toEqual(['a', 'b']);
    fleet.run.succeed();
    fleet.run.succeed();
    const { metrics, started_at: startedAt } = (await ask({ url: '/predictions/b' })).json();
    expect(metrics.queue_time).toBe(4);
    expect(startedAt).toBe('1970-01-01T00:16:44.000Z');
    expect(idsRun(server)).toEqual(['a', 'b', 'c']);
  });

  it('holds a request that waits for the end, and one that waits for a time', async () => {
    const { fleet, clock, ask, create } = queueServer(2);
    await create('a');
    const whole = ask(post('/predictions', { id: 'b' }));
    const timed = ask(post('/predictions', { id: 'c' }, { prefer: 'wait=3' }));
    while (clock.pending === 0) await turn();
    clock.advance(3_000);
    const expired = await timed;
    expect([expired.statusCode, expired.json().status]).toEqual([202, 'starting']);
    expect(expired.json().queue.position).toBe(2);
    fleet.run.succeed();
    fleet.run.succeed('b');
    expect((await whole).json()).toMatchObject({ status: 'succeeded', output: 'b' });
  });

  it('leaves the queue when it is canceled, and takes no slot', async () => {
    const server = queueServer(2);
    const { fleet, clock, ask, create } = server;
    for (const id of ['a', 'b', 'c']) await create(id);
    clock.advance(500);
    const canceled = await ask({ method: 'POST', url: '/predictions/b/cancel' });
    expect(canceled.json()).toMatchObject({ status: 'canceled', metrics: { queue_time: 0.5 } });
    expect(canceled.json()).not.toHaveProperty('queue');
    expect(canceled.json()).not.toHaveProperty('started_at');
    expect((await ask({ url: '/predictions/c' })).json().queue.position).toBe(1);
    expect(await create('d')).toBe(202);
    fleet.run.succeed();
    expect(idsRun(server)).toEqual(['a', 'c']);
  });

  it('says how long it will wait, once predictions of its kind have been measured', async () => {
    const server = queueServer(9);
    const { fleet, clock, ask, create } = server;
    await create('first');
    clock.advance(10_000);
    fleet.run.succeed();
    for (const id of ['a', 'b', 'c']) await create(id);
    const waits = async () => {
      const { results } = (await ask({ url: '/predictions?limit=2' })).json();
      return results.map(({ queue }: { queue: object }) => queue);
    };
    clock.advance(2_500);
    expect(await waits()).toEqual([
      { position: 2, estimated_wait: 17.5 },
      { position: 1, estimated_wait: 7.5 },
    ]);
    clock.advance(10_000);
    expect((await waits())[1]).toEqual({ position: 1, estimated_wait: 2.5 });
  });

  it('fails, saying why, where no worker will ever come', async () => {
    const { fleet, ask, create } = queueServer(2);
    await create('a');
    const waiting = ask(post('/predictions', { id: 'b' }));
    while ((await ask({ url: '/predictions/b' })).statusCode === 404) await turn();
    fleet.become('recovering', new PawlError('PAWL_WORKER_CRASHED', 'killed by SIGKILL'));
    expect((await ask({ url: '/predictions/b' })).json().status).toBe('starting');
    fleet.become('defunct', new PawlError('PAWL_WORKER_CRASHED', 'killed by SIGKILL'));
    const answer = await waiting;
    expect(answer.json()).toMatchObject({ status: 'failed', error_code: 'PAWL_DEFUNCT' });
    expect(answer.json().error).toContain('killed by SIGKILL');
    expect((await ask({ url: '/predictions/a' })).json().status).toBe('processing');
  });

  it('is drained: it runs within the grace period, and is canceled after it without a slot', async () => {
    const server = queueServer(3);
    const { app, fleet, clock, ask, create } = server;
    for (const id of ['a', 'b', 'c']) await create(id);
    const closing = app.close(1_000);
    fleet.run.succeed();
    expect(idsRun(server)).toEqual(['a', 'b']);
    clock.advance(1_000);
    await turn();
    expect((await ask({ url: '/predictions/c' })).json().status).toBe('canceled');
    expect(fleet.run.isCanceled).toBe(true);
    fleet.run.cancel();
    await closing;
    expect(idsRun(server)).toEqual(['a', 'b']);
  });
});

describe('a full queue', () => {
  it('answers 409 with the time until the next slot is free', async () => {
    const { fleet, clock, ask, create } = queueServer(1);
    await create('first');
    clock.advance(60_000);
    fleet.run.succeed();
    expect([await create('a'), await create('b')]).toEqual([202, 202]);
    clock.advance(17_300);
    const refused = await ask(post('/predictions', {}, ASYNC));
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([409, '43']);
    expect(refused.json()).toEqual({
      error: 'At capacity - all prediction slots busy and the queue is full (--queue 1)',
      code: 'PAWL_AT_CAPACITY',
      status: 'failed',
    });
  });

  it.each([
    ['at least a second, where the slot should be free', 60_000, '1'],
    ['as long as it is late, where it should have been free', 90_000, '30'],
    ['at most the limit', 60_000 + 10 * limit('retryAfterMsMax'), String(limit('retryAfterMsMax') / 1_000)],
  ])('says to come back after %s', async (_what, elapsed, expected) => {
    const { fleet, clock, ask, create } = queueServer(0);
    await create('first');
    clock.advance(60_000);
    fleet.run.succeed();
    await create('a');
    clock.advance(elapsed);
    expect((await ask(post('/predictions', {}))).headers['retry-after']).toBe(expected);
  });

  it('guesses from what runs where nothing has been measured', async () => {
    const { clock, ask, create } = queueServer(0);
    await create('first');
    expect((await ask(post('/predictions', {}))).headers['retry-after']).toBe('1');
    clock.advance(20_000);
    expect((await ask(post('/predictions', {}))).headers['retry-after']).toBe('20');
  });

  it('is not full for an id that is known', async () => {
    const { ask, create } = queueServer(1);
    await create('a');
    await create('b');
    expect((await ask(put('/predictions/b', {}, ASYNC))).statusCode).toBe(202);
    expect((await ask(put('/predictions/c', {}, ASYNC))).statusCode).toBe(409);
    expect((await ask({ url: '/predictions/c' })).statusCode).toBe(404);
  });
});

it('measures predictions and trainings each by themselves', async () => {
  const { fleet, clock, ask } = fakeServer({ config: { queue: 9 }, has: { train: true } });
  const create = (path: string) => ask(post(path, {}, ASYNC)).then((answer) => answer.json());
  for (const [path, ms] of [
    ['/predictions', 1_000],
    ['/trainings', 100_000],
  ] as const) {
    await create(path);
    clock.advance(ms);
    fleet.run.succeed();
  }
  await create('/trainings');
  expect((await create('/predictions')).queue).toEqual({ position: 1, estimated_wait: 100 });
  expect((await create('/trainings')).queue).toEqual({ position: 2, estimated_wait: 101 });
  expect((await create('/predictions')).queue.position).toBe(3);
});

describe('a client that has its answer', () => {
  it.each([0, 2])('meets no 409 before its slot is free again, with --queue %i', async (queue) => {
    const { fleet, ask, create } = queueServer(queue);
    fleet.slots.freeing = 'later';
    await create('a');
    fleet.run.succeed();
    const next = ask(post('/predictions', { id: 'next' }));
    while ((await ask({ url: '/predictions/next' })).statusCode === 404) await turn();
    // About to run, which is not waiting in the queue.
    expect((await ask({ url: '/predictions/next' })).json()).not.toHaveProperty('queue');
    expect(await create('other')).toBe(queue === 0 ? 409 : 202);
    fleet.slots.settle();
    fleet.run.succeed('next');
    expect((await next).json().output).toBe('next');
  });
});

describe('hundreds of PUTs of one id at once', () => {
  const many = (ask: FakeServer['ask'], input: object) =>
    Promise.all(Array.from({ length: 300 }, () => ask(put('/predictions/a', { input }, ASYNC))));
  const count = (answers: readonly { readonly statusCode: number }[]) => {
    const counts: Record<number, number> = {};
    for (const { statusCode } of answers) counts[statusCode] = (counts[statusCode] ?? 0) + 1;
    return counts;
  };

  it('run one prediction', async () => {
    const server = queueServer(0, 5);
    expect(count(await many(server.ask, {}))).toEqual({ 202: 300 });
    expect(idsRun(server)).toEqual(['a']);
  });

  it('run one prediction also when it must queue', async () => {
    const server = queueServer(2);
    await server.create('busy');
    expect(count(await many(server.ask, {}))).toEqual({ 202: 300 });
    server.fleet.run.succeed();
    server.fleet.run.succeed();
    expect(idsRun(server)).toEqual(['busy', 'a']);
  });

  it('are all refused at capacity, and leave nothing behind', async () => {
    const server = queueServer(0);
    await server.create('busy');
    expect(count(await many(server.ask, {}))).toEqual({ 409: 300 });
    server.fleet.run.succeed();
    expect(await server.create('a')).toBe(202);
  });

  it('run the first that is not refused', async () => {
    const document = documentWith({ type: 'object', properties: { n: { type: 'integer' } } });
    const server = fakeServer({ document, capacity: 5 });
    const [wrong, right] = await Promise.all([many(server.ask, { n: 'x' }), many(server.ask, { n: 1 })]);
    // A refused one attaches where it comes after the one that was taken.
    expect(count(right)).toEqual({ 202: 300 });
    expect(Object.keys(count(wrong)).every((status) => status === '422' || status === '202')).toBe(true);
    expect(idsRun(server)).toEqual(['a']);
  });
});
