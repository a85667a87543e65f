import { readdirSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';
import {
  answers,
  isEnd,
  type Manner,
  receiveWebhooks,
  resets,
  type WebhookReceiver,
} from '../helpers/webhook-receiver.ts';

const COUNT = 100;
// Retries are what this is about; a receiver that fails most of the time would only make it wait.
const MANNERS: readonly Manner[] = [answers(500), answers(503), answers(429), resets];

let server: RunningServer;
let receiver: WebhookReceiver;

afterEach(async () => {
  await receiver.close();
  await server.stop();
});

/** A receiver that takes two thirds; which ones is the same in each run. */
function moody(accepted: string[], untimely: string[]): Manner {
  let turn = 0;
  return (response, received) => {
    const { id } = received.body;
    if (accepted.includes(id)) untimely.push(id);
    turn = (turn * 5 + 3) % 8_192;
    const manner = turn % 3 === 0 ? MANNERS[turn % MANNERS.length] : undefined;
    if (manner !== undefined) return manner(response, received);
    if (isEnd(received)) accepted.push(id);
    response.writeHead(204).end();
  };
}

const openDescriptors = () => readdirSync(`/proc/${server.pid}/fd`).length;

it('through resets and refusals each end is accepted once, comes last, and leaves nothing open', async () => {
  const accepted: string[] = [];
  const untimely: string[] = [];
  receiver = await receiveWebhooks(moody(accepted, untimely));
  server = await startServer('test/fixtures/predictors/kinds.mjs', { args: ['--queue', String(COUNT)] });
  const before = openDescriptors();
  const ids = Array.from({ length: COUNT }, (_, index) => `p${index}`);
  const create = async (id: string) => {
    const response = await fetch(`${server.url}/predictions/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify({ input: { kind: 'generator', count: 3 }, webhook: receiver.url }),
    });
    expect(response.status).toBe(202);
    await response.arrayBuffer();
  };
  for (const id of ids) await create(id);
  await eventually('every end', () => (accepted.length >= COUNT ? true : null), 40_000);
  expect([...accepted].sort()).toEqual([...ids].sort());
  expect(untimely).toEqual([]);
  await receiver.close();
  const open = await eventually('its connections are closed', () => {
    const count = openDescriptors();
    // What asked it keeps connections of its own for a while.
    return count <= before + 10 ? count : null;
  });
  expect(open).toBeLessThanOrEqual(before + 10);
  receiver = await receiveWebhooks();
});
