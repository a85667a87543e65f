import { expect, it } from 'vitest';
import { Backlog } from '../../../../src/server/webhook/backlog.ts';
import { Webhooks } from '../../../../src/server/webhook/webhooks.ts';
import { FakeSender } from '../../../helpers/fake-sender.ts';
import { fakeServer, post } from '../../../helpers/fake-server.ts';
import { RecordingLogger } from '../../../helpers/recording-logger.ts';

/** Webhooks with a small backlog, and predictions that have ended. */
async function overflowing(backlog: Backlog, ids: readonly string[]) {
  const { begin, fleet, app, clock } = fakeServer();
  const sender = new FakeSender();
  const log = new RecordingLogger();
  const webhooks = new Webhooks({ sender, backlog, clock, log, intervalMs: 500, random: () => 1 });
  for (const id of ids) {
    await begin(post('/predictions', { id }, { prefer: 'respond-async' }));
    fleet.run.succeed('x'.repeat(1_000));
    const prediction = app.engine.service.find('predict', fleet.run.request.id);
    if (prediction === null) throw new Error(`${id} is not known`);
    const target = {
      url: new URL('https://hooks.test/?key=s3cret'),
      events: ['completed'],
      trace: {},
    } as const;
    webhooks.observer(target)({ type: 'completed' }, prediction);
    await sender.last.answer('retry');
  }
  const given = log.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields.prediction);
  return { sender, clock, webhooks, given };
}

it('gives up the oldest ends of too many, and goes on with the others', async () => {
  const backlog = new Backlog(2, 1_000_000);
  const { sender, clock, webhooks, given } = await overflowing(backlog, ['a', 'b', 'c', 'd']);
  expect(given).toEqual(['a', 'b']);
  clock.advance(200);
  expect(sender.sent.slice(4).map(({ body }) => body.id)).toEqual(['c', 'd']);
  for (const sent of sender.sent.slice(4)) await sent.answer();
  await webhooks.drain(1_000);
  expect(backlog.bytes).toBe(0);
});

it('gives up the oldest ends where they hold too much', async () => {
  const { given } = await overflowing(new Backlog(100, 3_000), ['a', 'b', 'c']);
  expect(given).toEqual(['a']);
});
