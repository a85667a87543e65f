import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { isAlive } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';
import { answers, hangs, isEnd, receiveWebhooks, type WebhookReceiver } from '../helpers/webhook-receiver.ts';

let server: RunningServer;
let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await receiveWebhooks();
});
afterEach(async () => {
  if (isAlive(server.pid)) process.kill(server.pid, 'SIGKILL');
  await server.exited;
  await receiver.close();
});

const start = async (...args: string[]) => {
  server = await startServer('test/fixtures/predictors/sleepy.mjs', { args });
};

async function create(id: string, input: object, events = ['completed']): Promise<Response> {
  return fetch(`${server.url}/predictions/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify({
      input,
      webhook: `${receiver.url}/hook?key=s3cret`,
      webhook_events_filter: events,
    }),
  });
}

const errorLines = () =>
  server
    .stderr()
    .split('\n')
    .filter((line) => line.includes('the webhook for the end of a prediction was not delivered'))
    .map((line) => JSON.parse(line));

describe('a server that is stopped', () => {
  it('delivers what its predictions end with before it goes', async () => {
    await start();
    receiver.behave(answers(503), answers(503, { 'retry-after': '3600' }));
    await create('a', { ms: 300 });
    process.kill(server.pid, 'SIGTERM');
    await receiver.count(3);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(receiver.statuses()).toEqual(Array(3).fill('succeeded'));
    expect(errorLines()).toEqual([]);
  });

  it('tells of what it cancels', async () => {
    await start('--shutdown-grace', '0.2');
    await create('a', { ms: 600_000 }, ['start', 'completed']);
    await receiver.count(1);
    process.kill(server.pid, 'SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(receiver.statuses()).toEqual(['processing', 'canceled']);
  });

  it('goes in the end, and names what it could not deliver', async () => {
    await start('--shutdown-grace', '0.2');
    receiver.behave(hangs);
    await create('a', {});
    await receiver.count(1);
    process.kill(server.pid, 'SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(errorLines()).toEqual([
      expect.objectContaining({ prediction: 'a', webhook: receiver.url, tries: 1 }),
    ]);
    expect(server.stderr()).not.toContain('s3cret');
  });

  it('goes at once at a second signal', async () => {
    await start();
    receiver.behave(hangs);
    await create('a', {});
    await receiver.count(1);
    process.kill(server.pid, 'SIGTERM');
    await eventually('the signal is taken', () => (server.stderr().includes('"stopping') ? true : null));
    process.kill(server.pid, 'SIGTERM');
    const { code, signal } = await server.exited;
    expect([code, signal]).toEqual([143, null]);
  });
});

describe('exactly one end is told', () => {
  it('of a prediction that is canceled', async () => {
    await start();
    await create('a', { ms: 600_000 }, ['start', 'completed']);
    await receiver.count(1);
    await fetch(`${server.url}/predictions/a/cancel`, { method: 'POST' });
    await receiver.first('the end', isEnd);
    await server.stop();
    expect(receiver.statuses()).toEqual(['processing', 'canceled']);
  });

  it('of each prediction of a worker that dies', async () => {
    await start();
    const { body } = await predict(server.url, {});
    const { worker } = body.output as { worker: number };
    await create('a', { ms: 600_000 });
    await create('b', { ms: 600_000 });
    process.kill(worker, 'SIGKILL');
    await receiver.count(2);
    await server.stop();
    expect([receiver.statuses('a'), receiver.statuses('b')]).toEqual([['failed'], ['failed']]);
    expect(receiver.received[0]?.body).toMatchObject({ error_code: 'PAWL_WORKER_CRASHED' });
  });

  it('of a prediction that runs out of time', async () => {
    await start('--predict-timeout', '0.2');
    await create('a', { ms: 600_000 });
    await receiver.count(1);
    await server.stop();
    expect(receiver.statuses()).toEqual(['failed']);
    expect(receiver.received[0]?.body).toMatchObject({ error_code: 'PAWL_PREDICT_TIMEOUT' });
  });
});
