import { describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../../../../src/limits.ts';
import { LogBuffer } from '../../../../src/server/prediction/log-buffer.ts';
import { FakeSender } from '../../../helpers/fake-sender.ts';
import { documentWith, type FakeServerOptions, fakeServer, post, put } from '../../../helpers/fake-server.ts';
import { RecordingLogger } from '../../../helpers/recording-logger.ts';
import type { ScriptedRun } from '../../../helpers/scripted-fleet.ts';

const HOOK = 'https://hooks.test/path?token=s3cret';

function serverWithHooks(options: FakeServerOptions = {}) {
  const sender = new FakeSender();
  const log = Object.assign(new RecordingLogger(), { flush: () => {} });
  const server = fakeServer({ capacity: 2, ...options, parts: { webhookSender: sender, log } });
  const create = (more: object = {}, headers: Record<string, string> = {}) =>
    server.begin(
      post('/predictions', { id: 'a', webhook: HOOK, ...more }, { prefer: 'respond-async', ...headers }),
    );
  return { ...server, sender, log, create };
}

describe('the webhooks of a prediction', () => {
  it('tell it from its start to its end, as the whole object', async () => {
    const { fleet, sender, clock, create } = serverWithHooks({
      document: documentWith({
        type: 'object',
        properties: { s: { type: 'string' }, key: { type: 'string', format: 'password', writeOnly: true } },
      }),
    });
    await create({ input: { s: 'x', key: 'hidden' }, context: { trace: 'me' } });
    expect(sender.last.body).toEqual({
      id: 'a',
      status: 'processing',
      input: { s: 'x', key: '**********' },
      logs: '',
      metrics: { queue_time: 0 },
      created_at: '1970-01-01T00:16:40.000Z',
      started_at: '1970-01-01T00:16:40.000Z',
    });
    await sender.last.answer();
    fleet.run.log('one\n');
    fleet.run.output('chunk', 'first', 0);
    expect(sender.last.body).toMatchObject({ status: 'processing', output: ['first'], logs: 'one\n' });
    await sender.last.answer();
    clock.advance(250);
    fleet.run.succeedAsList(200);
    expect(sender.last.body).toMatchObject({
      status: 'succeeded',
      output: ['first'],
      metrics: { predict_time: 0.2 },
      completed_at: '1970-01-01T00:16:40.250Z',
    });
    expect(new Set(sender.sent.map(({ id }) => id)).size).toBe(3);
  });

  it('go one at a time, and the next one holds what came meanwhile', async () => {
    const { fleet, sender, clock, create } = serverWithHooks();
    await create();
    for (let line = 0; line < 1_000; line++) fleet.run.log(`${line}\n`);
    clock.advance(10_000);
    expect(sender.sent.length).toBe(1);
    await sender.last.answer();
    expect(sender.sent.length).toBe(2);
    expect(String(sender.last.body.logs).endsWith('\n999\n')).toBe(true);
    await sender.last.answer();
    fleet.run.log('last words\n');
    clock.advance(499);
    expect(sender.sent.length).toBe(2);
    clock.advance(1);
    expect(String(sender.last.body.logs).endsWith('last words\n')).toBe(true);
  });

  it('cost nothing where they are not wanted or have to wait', async () => {
    const { fleet, sender, create } = serverWithHooks();
    const built = vi.spyOn(LogBuffer.prototype, 'text', 'get');
    await create({ webhook_events_filter: ['completed'] });
    for (let line = 0; line < 10_000; line++) fleet.run.log(`${line}\n`);
    expect([sender.sent.length, built.mock.calls.length]).toEqual([0, 0]);
    await create({ id: 'b' });
    for (let line = 0; line < 10_000; line++) fleet.run.log(`${line}\n`);
    for (let index = 0; index < 10_000; index++) fleet.run.output('chunk', index, index);
    expect([sender.sent.length, built.mock.calls.length]).toEqual([1, 1]);
    built.mockRestore();
  });

  it.each([
    [['start'], ['processing']],
    [['output'], ['processing', 'succeeded']],
    [['logs'], ['processing']],
    [['completed'], ['succeeded']],
    [
      ['completed', 'start', 'start'],
      ['processing', 'succeeded'],
    ],
    [[], []],
  ])('with the filter %j are %j', async (events, statuses) => {
    const { fleet, sender, create } = serverWithHooks();
    await create({ webhook_events_filter: events });
    for (const happen of [
      () => fleet.run.log('one\n'),
      () => fleet.run.output('chunk', 'x', 0),
      () => fleet.run.output('chunk', 'y', 1),
      () => fleet.run.metric('m', 1),
      () => fleet.run.succeedAsList(),
    ]) {
      happen();
      for (const sent of sender.sent) await sent.answer();
    }
    expect(sender.statuses).toEqual(statuses);
    if (events[0] === 'output') expect(sender.last.body.output).toEqual(['x', 'y']);
  });

  it.each<[how: string, status: string, end: (run: ScriptedRun) => void]>([
    ['canceled', 'canceled', (run) => run.cancel()],
    ['failed', 'failed', (run) => run.fail('Error', 'no')],
    ['crashed', 'failed', (run) => run.fail('PawlError', 'the worker ended', 'PAWL_WORKER_CRASHED')],
    ['refused by the worker', 'failed', (run) => run.fail('PawlError', 's: no', 'PAWL_INPUT_INVALID')],
  ])('end exactly once where it is %s', async (_how, status, end) => {
    const { fleet, sender, create } = serverWithHooks();
    await create({ webhook_events_filter: ['completed'] });
    end(fleet.run);
    expect(sender.statuses).toEqual([status]);
    await sender.last.answer();
    expect(sender.sent.length).toBe(1);
  });

  it('end exactly once where it runs out of time', async () => {
    const { fleet, sender, clock, create } = serverWithHooks({ config: { predictTimeoutMs: 1_000 } });
    await create({ webhook_events_filter: ['completed'] });
    clock.advance(1_000);
    fleet.run.cancel();
    expect(sender.last.body).toMatchObject({ status: 'failed', error_code: 'PAWL_PREDICT_TIMEOUT' });
    expect(sender.sent.length).toBe(1);
  });

  it('are there in every mode of the answer', async () => {
    const { fleet, sender, begin } = serverWithHooks();
    const { answer } = await begin(post('/predictions', { webhook: HOOK }));
    fleet.run.succeed('x');
    await answer;
    await sender.last.answer();
    expect(sender.statuses).toEqual(['processing', 'succeeded']);
  });

  it('of a second PUT are not sent: it attaches, as in Cog', async () => {
    const { fleet, sender, ask, begin } = serverWithHooks();
    await begin(put('/predictions/a', { webhook: HOOK }, { prefer: 'respond-async' }));
    await ask(put('/predictions/a', { webhook: 'https://other.test/' }, { prefer: 'respond-async' }));
    await sender.last.answer();
    fleet.run.succeed();
    expect(new Set(sender.sent.map(({ target }) => target.url.host))).toEqual(new Set(['hooks.test']));
  });

  it('are none where the request is refused', async () => {
    const document = documentWith({ type: 'object', properties: { n: { type: 'integer' } } });
    const { sender, ask, begin, app } = serverWithHooks({ capacity: 1, document });
    const refused = async (body: object) =>
      (await ask(post('/predictions', { webhook: HOOK, ...body }))).statusCode;
    expect(await refused({ input: { n: 'x' } })).toBe(422);
    await begin(post('/predictions', {}, { prefer: 'respond-async' }));
    expect(await refused({})).toBe(409);
    void app.close(1_000);
    expect(await refused({})).toBe(503);
    expect(sender.sent).toEqual([]);
  });
});

describe('the webhook of the end', () => {
  const ended = async (more: object = {}) => {
    const server = serverWithHooks();
    await server.create({ webhook_events_filter: ['completed'], ...more });
    server.fleet.run.succeed('x');
    return server;
  };

  it('is sent again with the same id and body until it is accepted, and never after', async () => {
    const { sender, clock } = await ended();
    for (let tries = 1; tries <= 3; tries++) {
      await sender.last.answer('retry');
      expect(sender.sent.length).toBe(tries);
      clock.advance(100 * 2 ** tries);
      expect(sender.sent.length).toBe(tries + 1);
    }
    await sender.last.answer();
    clock.advance(3_600_000);
    expect(sender.sent.length).toBe(4);
    expect(new Set(sender.sent.map(({ id }) => id)).size).toBe(1);
    expect(sender.statuses).toEqual(Array(4).fill('succeeded'));
  });

  it('waits as long as the receiver asks', async () => {
    const { sender, clock } = await ended();
    await sender.last.answer({ type: 'retry', afterMs: 60_000 });
    clock.advance(59_999);
    expect(sender.sent.length).toBe(1);
    clock.advance(1);
    expect(sender.sent.length).toBe(2);
  });

  it('is given up where it is refused, and the log says which and where, but shows no secret', async () => {
    const { sender, log } = await ended();
    await sender.last.answer({ type: 'refused' });
    const line = log.lines.find(({ level }) => level === 'error');
    expect(line?.fields).toMatchObject({ prediction: 'a', webhook: 'https://hooks.test', tries: 1 });
    expect(JSON.stringify(log.lines)).not.toContain('s3cret');
  });

  it('cuts a report that hangs', async () => {
    const { sender, clock, fleet, create } = serverWithHooks();
    await create();
    fleet.run.succeed('x');
    clock.advance(LIMITS.webhookYieldMs.value - 1);
    expect(sender.statuses).toEqual(['processing']);
    clock.advance(1);
    expect(sender.statuses).toEqual(['processing', 'succeeded']);
    expect(sender.sent[0]?.isCut).toBe(true);
  });
});

describe('a server that stops', () => {
  it('waits for the webhooks of the end, and tries those again at once that were waiting', async () => {
    const { sender, clock, fleet, create, app } = serverWithHooks();
    await create({ webhook_events_filter: ['completed'] });
    fleet.run.succeed('x');
    await sender.last.answer({ type: 'retry', afterMs: 60_000 });
    const closed = app.engine.stop();
    await vi.waitFor(() => expect(sender.sent.length).toBe(2));
    await sender.last.answer({ type: 'retry', afterMs: 60_000 });
    clock.advance(LIMITS.webhookHurriedMs.value);
    expect(sender.sent.length).toBe(3);
    expect(sender.isClosed).toBe(false);
    await sender.last.answer();
    await closed;
    expect(sender.isClosed).toBe(true);
  });

  it('gives up what is not delivered in time, and says so', async () => {
    const { sender, clock, fleet, create, app, log } = serverWithHooks();
    for (const id of ['a', 'b']) {
      await create({ id, webhook_events_filter: ['completed'] });
      fleet.run.succeed(id);
    }
    const closed = app.engine.stop(10_000);
    await vi.waitFor(() => expect(clock.isWaiting(10_000)).toBe(true));
    clock.advance(10_000);
    await closed;
    const errors = log.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields.prediction);
    expect(errors).toEqual(['a', 'b']);
    expect(sender.sent.every(({ isCut }) => isCut)).toBe(true);
    expect(sender.isClosed).toBe(true);
  });

  it('still tells of what it cancels when the grace period is over', async () => {
    const { sender, clock, fleet, create, app } = serverWithHooks();
    await create({ webhook_events_filter: ['completed'] });
    const closed = app.engine.stop(0);
    await vi.waitFor(() => expect(fleet.run.isCanceled).toBe(true));
    fleet.run.cancel();
    expect(sender.statuses).toEqual(['canceled']);
    await vi.waitFor(() => expect(clock.isWaiting(LIMITS.webhookFlushMs.value)).toBe(true));
    await sender.last.answer();
    await closed;
  });
});
