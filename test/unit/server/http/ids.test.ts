import { describe, expect, it } from 'vitest';
import { fakeServer, post, put } from '../../../helpers/fake-server.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('ids', () => {
  it('answers 409 to a POST whose id runs, and to one whose id is kept', async () => {
    const { fleet, ask } = fakeServer({ capacity: 2 });
    await ask(post('/predictions', { id: 'a' }, { prefer: 'respond-async' }));
    expect((await ask(post('/predictions', { id: 'a' }))).json().code).toBe('PAWL_ID_IN_USE');
    fleet.run.succeed();
    const kept = await ask(post('/predictions', { id: 'a' }));
    expect([kept.statusCode, kept.json().code]).toEqual([409, 'PAWL_ID_IN_USE']);
    expect(fleet.slots.runs).toHaveLength(1);
  });

  it.each(['', '.', '..', 'a b', 'a/b', 'é', 'x'.repeat(129)])('refuses the id %j in a body', async (id) => {
    const { ask } = fakeServer();
    const response = await ask(post('/predictions', { id }));
    expect(response.statusCode).toBe(422);
    expect(response.json().detail[0]).toMatchObject({ loc: ['body', 'id'], type: 'value_error' });
  });

  it.each(['a%2Fb', 'a%20b', 'x'.repeat(200)])('refuses the id %s in a URL', async (id) => {
    const { ask } = fakeServer();
    const response = await ask(put(`/predictions/${id}`, {}));
    expect(response.statusCode).toBe(422);
    expect(response.json().detail[0].loc).toEqual(['path', 'prediction_id']);
  });

  it('refuses a PUT whose body has another id than its URL', async () => {
    const { ask } = fakeServer();
    const response = await ask(put('/predictions/a', { id: 'b' }));
    expect(response.statusCode).toBe(422);
    expect(response.json()).toEqual({
      detail: [
        {
          loc: ['body', 'id'],
          msg: 'prediction ID must match the ID supplied in the URL',
          type: 'value_error',
        },
      ],
    });
  });
});

describe('a PUT with an id that is known', () => {
  it('attaches a PUT: 202 with the input while it runs, 200 once it is finished', async () => {
    const { fleet, ask, begin } = fakeServer();
    const { answer } = await begin(put('/predictions/a', { input: { s: 'x' } }));
    const during = await ask(put('/predictions/a', { input: { s: 'other' } }));
    expect(during.statusCode).toBe(202);
    expect(during.json()).toMatchObject({ id: 'a', status: 'processing', input: { s: 'x' } });
    fleet.run.succeed('done');
    expect((await answer).json()).not.toHaveProperty('input');
    const after = await ask(put('/predictions/a', {}));
    expect(after.statusCode).toBe(200);
    expect(after.json()).toMatchObject({ status: 'succeeded', output: 'done' });
    expect(fleet.slots.runs).toHaveLength(1);
  });

  it.each([
    ['wait', 'succeeded'],
    ['wait=9, respond-async', 'succeeded'],
    ['wait=2', 'starting'],
  ])('lets an attached PUT wait for the end where it says Prefer: %s', async (prefer, status) => {
    const { fleet, clock, ask, begin } = fakeServer();
    const created = await begin(put('/predictions/a', {}));
    const attached = ask(put('/predictions/a', {}, { prefer }));
    // Where the wait has an end, its timer tells that it has begun.
    while (prefer !== 'wait' && clock.pending === 0) await turn();
    clock.advance(2_000);
    await turn();
    fleet.run.succeed('done');
    const response = await attached;
    expect([response.statusCode, response.json().status]).toEqual([
      status === 'starting' ? 202 : 200,
      status,
    ]);
    expect((await created.answer).json().output).toBe('done');
  });

  it('keeps what the predictor refused where another PUT was told of it', async () => {
    const { fleet, ask, begin } = fakeServer();
    const { answer } = await begin(put('/predictions/a', {}));
    expect((await ask(put('/predictions/a', {}))).statusCode).toBe(202);
    fleet.run.fail('PawlError', 'no', 'PAWL_INPUT_INVALID');
    expect((await answer).statusCode).toBe(422);
    expect((await ask({ url: '/predictions/a' })).json()).toMatchObject({
      status: 'failed',
      error_code: 'PAWL_INPUT_INVALID',
    });
  });

  it('forgets at once with retention 0', async () => {
    const { fleet, ask, begin } = fakeServer({ config: { retention: 0 } });
    const { answer } = await begin(put('/predictions/a', {}));
    fleet.run.succeed();
    await answer;
    expect((await ask({ url: '/predictions/a' })).statusCode).toBe(404);
  });

  it('is another prediction once it is forgotten: a cancel of the first reaches it never', async () => {
    const { fleet, ask } = fakeServer({ config: { retention: 0 } });
    const cancel = { method: 'POST', url: '/predictions/a/cancel' } as const;
    const asked = put('/predictions/a', {}, { prefer: 'respond-async' });
    await ask(asked);
    await ask(cancel);
    fleet.run.cancel();
    expect((await ask(cancel)).statusCode).toBe(404);
    await ask(asked);
    expect(fleet.slots.runs).toHaveLength(2);
    expect(fleet.run.isCanceled).toBe(false);
    fleet.run.succeed();
  });
});
