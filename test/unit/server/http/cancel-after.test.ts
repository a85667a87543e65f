import { describe, expect, it } from 'vitest';
import { limit } from '../../../../src/limits.ts';
import { readCancelAfter } from '../../../../src/server/http/cancel-after.ts';
import { RequestRefused } from '../../../../src/server/prediction/refusal.ts';
import { fakeServer, post, put, STREAMING } from '../../../helpers/fake-server.ts';

const ASYNC = { prefer: 'respond-async' };
const turn = () => new Promise((resolve) => setImmediate(resolve));
const read = (value: string | string[]) => readCancelAfter({ 'cancel-after': value });

describe('the header Cancel-After', () => {
  it.each([
    ['90s', 90],
    ['90', 90],
    ['5m', 300],
    ['1h30m', 5_400],
    ['1h30m45s', 5_445],
    ['168h', 604_800],
    ['500ms', 0.5],
    ['1ms', 0.001],
    ['1m1s1ms', 61.001],
  ])('reads %s', (value, seconds) => {
    expect(read(value)).toBe(seconds * 1_000);
  });

  it('is no deadline where it is absent', () => {
    expect(readCancelAfter({})).toBeNull();
  });

  it.each([
    '',
    '0',
    '0s',
    '0h0m',
    '0ms',
    '0.5s',
    '500ms1s',
    '500 ms',
    's',
    'soon',
    '-5s',
    '1.5h',
    '1h30',
    '5 m',
    '30m1h',
    '5m5m',
    '1d',
    '5M',
    '90s, 5m',
    '168h1s',
    '999999999h',
    `${'9'.repeat(9_000)}s`,
    '٣s',
  ])('refuses %j', (value) => {
    expect(() => read(value)).toThrow(RequestRefused);
  });

  it('is refused with 422 in Cog’s shape, before anything runs', async () => {
    const { ask, fleet } = fakeServer();
    for (const request of [post('/predictions', {}), put('/predictions/a', {})]) {
      const response = await ask({ ...request, headers: { ...request.headers, 'cancel-after': 'soon' } });
      expect(response.statusCode).toBe(422);
      expect(response.json()).toEqual({
        detail: [
          {
            loc: ['header', 'Cancel-After'],
            msg: 'must be a time from 1ms to 168h in whole numbers, such as 90s, 5m, 1h30m or 500ms',
            type: 'value_error',
          },
        ],
      });
    }
    expect(fleet.slots.runs).toEqual([]);
    expect(limit('cancelAfterMsMax')).toBe(168 * 3_600_000);
  });
});

describe('a deadline', () => {
  it('cancels what runs, and the log says why', async () => {
    const { fleet, clock, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', {}, { 'cancel-after': '90s' }));
    clock.advance(89_999);
    expect(fleet.run.isCanceled).toBe(false);
    clock.advance(1);
    expect(fleet.run.isCanceled).toBe(true);
    fleet.run.succeed('too late');
    expect((await answer).json()).toMatchObject({
      status: 'canceled',
      logs: 'Canceled: it has not ended within 90 s (Cancel-After)\n',
    });
  });

  it('may be shorter than a second', async () => {
    const { fleet, clock, begin } = fakeServer();
    const { answer } = await begin(post('/predictions', {}, { 'cancel-after': '250ms' }));
    clock.advance(249);
    expect(fleet.run.isCanceled).toBe(false);
    clock.advance(1);
    fleet.run.cancel();
    expect((await answer).json()).toMatchObject({
      status: 'canceled',
      logs: 'Canceled: it has not ended within 0.25 s (Cancel-After)\n',
    });
  });

  it('counts from the request, so that a prediction in the queue ends there', async () => {
    const { fleet, clock, ask } = fakeServer({ config: { queue: 1 } });
    await ask(post('/predictions', { id: 'a' }, ASYNC));
    await ask(post('/predictions', { id: 'b' }, { ...ASYNC, 'cancel-after': '1m' }));
    clock.advance(60_000);
    expect((await ask({ url: '/predictions/b' })).json()).toMatchObject({
      status: 'canceled',
      metrics: { queue_time: 60 },
    });
    fleet.run.succeed();
    expect(fleet.slots.runs).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('ends an event stream, also of one that never ran', async () => {
    const { clock, ask, fleet } = fakeServer({ config: { queue: 1 }, document: STREAMING });
    const headers = { accept: 'text/event-stream', 'cancel-after': '30s' };
    const running = ask(post('/predictions', { id: 'a' }, headers));
    const waiting = ask(post('/predictions', { id: 'b' }, headers));
    while ((await ask({ url: '/predictions/b' })).statusCode !== 200) await turn();
    clock.advance(30_000);
    fleet.run.cancel();
    const events = (text: string) => [...text.matchAll(/^event: (.*)$/gm)].map(([, event]) => event);
    expect(events((await running).payload)).toEqual(['start', 'log', 'completed']);
    expect(events((await waiting).payload)).toEqual(['log', 'completed']);
    expect((await ask({ url: '/predictions/b' })).json().status).toBe('canceled');
  });

  it('of an attaching PUT changes nothing', async () => {
    const { fleet, clock, ask } = fakeServer();
    await ask(put('/predictions/a', {}, ASYNC));
    await ask(put('/predictions/a', {}, { ...ASYNC, 'cancel-after': '1s' }));
    clock.advance(5_000);
    expect(fleet.run.isCanceled).toBe(false);
  });

  it('leaves no timer behind, and cannot reach the next prediction with the same id', async () => {
    const { fleet, clock, ask } = fakeServer({ config: { retention: 0 } });
    await ask(put('/predictions/a', {}, { ...ASYNC, 'cancel-after': '5s' }));
    fleet.run.succeed();
    expect(clock.pending).toBe(0);
    await ask(put('/predictions/a', {}, ASYNC));
    clock.advance(10_000);
    expect(fleet.run.isCanceled).toBe(false);
  });

  it.each([
    ['the deadline', '1s', { status: 'canceled' }],
    ['--predict-timeout', '3s', { status: 'failed', error_code: 'PAWL_PREDICT_TIMEOUT' }],
  ])('or %s decides the end, whichever comes first', async (_what, cancelAfter, expected) => {
    const { fleet, clock, begin } = fakeServer({ config: { predictTimeoutMs: 2_000 } });
    const { answer } = await begin(post('/predictions', {}, { 'cancel-after': cancelAfter }));
    clock.advance(10_000);
    fleet.run.cancel();
    expect((await answer).json()).toMatchObject(expected);
  });

  it('that passes after a cancel says nothing more', async () => {
    const { fleet, clock, ask } = fakeServer();
    await ask(post('/predictions', { id: 'a' }, { ...ASYNC, 'cancel-after': '1s' }));
    await ask({ method: 'POST', url: '/predictions/a/cancel' });
    clock.advance(2_000);
    fleet.run.cancel();
    expect((await ask({ url: '/predictions/a' })).json()).toMatchObject({ status: 'canceled', logs: '' });
  });
});
