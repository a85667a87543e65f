import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { descendantsOf } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';
import { receiveWebhooks, type WebhookReceiver } from '../helpers/webhook-receiver.ts';
import { cases, deadlineMs } from './cases.ts';
import { ask, commands, note, type Seen, type Target } from './server-commands.ts';

const SHARE = 0.01;
const SLOTS = 4;
// The pause before a worker is started again doubles with each crash.
const CRASHES_MAX = 4;
const RESTART_MS = 60_000;
/** Many more than the predictions that the server keeps. */
const WEBHOOKS_KEPT = 5_000;
/** A story of twenty steps took 0.8 s on a machine that was busy otherwise. */
const STORY_MS = 5_000;

let server: RunningServer;
let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await receiveWebhooks();
  const args = ['--concurrency', String(SLOTS), '--workers', '2', '--stream-grace', '0.01'];
  const env = { PAWL_LOG_LEVEL: 'error' };
  server = await startServer('test/fixtures/predictors/steered.mjs', { args, env });
  const target = { url: server.url, webhook: receiver.url, prefix: '', crashesMax: 0 };
  await expectEverySlot(target, { somethingIsStarting: true });
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

it(
  'whatever clients do in whatever order, each prediction has one end, and the server all its slots',
  async () => {
    let crashes = 0;
    let count = 0;
    const property = fc.asyncProperty(commands, async (steps) => {
      const prefix = `case-${count++}-`;
      const target: Target = { url: server.url, webhook: receiver.url, prefix, crashesMax: CRASHES_MAX };
      const seen: Seen = { accepted: new Map(), crashes };
      const before = crashes;
      try {
        await fc.asyncModelRun(() => ({ model: seen, real: target }), steps);
      } finally {
        crashes = seen.crashes;
      }
      await expectAtRest(target, seen, before);
      // What a million cases have told would be a gigabyte, to be searched again and again. Lists show the newest.
      receiver.received.splice(0, receiver.received.length - WEBHOOKS_KEPT);
    });
    await fc.assert(property, { ...cases(SHARE), endOnFailure: true });
    expect(descendantsOf(server.pid).length).toBeLessThan(10);
  },
  deadlineMs(SHARE, STORY_MS),
);

async function expectAtRest(target: Target, seen: Seen, crashesBefore: number): Promise<void> {
  await eventually('nothing runs any more', async () => {
    const { text } = await ask(target, { method: 'GET', path: '/predictions' });
    const running = JSON.parse(text).results.filter(({ status }: { status: string }) => {
      return status === 'starting' || status === 'processing';
    });
    for (const { id } of running) await ask(target, { method: 'POST', path: `/predictions/${id}/cancel` });
    return running.length === 0 ? true : null;
  });
  for (const id of seen.accepted.keys()) {
    const { text } = await ask(target, { method: 'GET', path: `/predictions/${id}` });
    const prediction = JSON.parse(text);
    note(seen, prediction);
    await eventually(`the webhook of ${id}`, () => (receiver.statuses(id).length > 0 ? true : null));
    expect(receiver.statuses(id)).toEqual([prediction.status]);
  }
  await eventually(
    'all slots are free',
    async () => {
      const health = await ask(target, { method: 'GET', path: '/health-check' });
      return JSON.parse(health.text).status === 'READY' ? true : null;
    },
    RESTART_MS,
  );
  await expectEverySlot(target, { somethingIsStarting: seen.crashes > crashesBefore });
}

/** READY is what one of two workers is enough for: while the other one starts, 409 is right. */
async function expectEverySlot(
  target: Target,
  { somethingIsStarting }: { readonly somethingIsStarting: boolean },
): Promise<void> {
  const body = { input: { how: 'items' }, webhook: target.webhook, webhook_events_filter: ['completed'] };
  const whole = { method: 'POST', path: '/predictions', body };
  await eventually(
    'every slot takes a prediction',
    async () => {
      const answers = await Promise.all(Array.from({ length: SLOTS * 2 }, () => ask(target, whole)));
      if (somethingIsStarting && answers.some(({ status }) => status === 409)) return null;
      for (const { status, text } of answers) {
        expect(status).toBe(200);
        expect(JSON.parse(text)).toMatchObject({ output: [0, 1, 2], logs: 'item 0\nitem 1\nitem 2\n' });
      }
      return true;
    },
    RESTART_MS,
  );
}
