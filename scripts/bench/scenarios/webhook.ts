// Predictions that are answered at once and report their end by a webhook: eight clients, each starts its next when it
// has been told.

import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { serveRequests } from '../../../test/helpers/file-server.ts';
import { type Round, type Scenario, sideBySide } from '../bench.ts';
import type { RunningContender } from '../contender.ts';
import { call } from '../http-call.ts';
import { percentile } from '../statistics.ts';
import { costOf, INPUT, predictionServers, served } from '../subjects.ts';

const CLIENTS = 8;
const PREDICTIONS = 200;
const WEBHOOK_MS = 10_000;

export const WEBHOOK: Scenario = {
  name: 'webhook',
  title: 'Answered at once, end told by a webhook',
  about: 'Prefer: respond-async, and a webhook for the end only. Latency is from the request to its webhook.',
  async run(bench) {
    const receiver = await receiveEnds();
    try {
      const subjects = predictionServers(bench).map((contender) =>
        served({
          name: contender.name,
          contender,
          options: { work: 'echo', slots: CLIENTS },
          prepare: async (server) => void (await batch(server, receiver)),
          measure: (server) => batch(server, receiver),
        }),
      );
      await sideBySide(bench, { scenario: 'webhook', situation: 'c=8', subjects });
    } finally {
      await receiver.close();
    }
  },
};

async function batch(server: RunningContender, receiver: Receiver): Promise<Round> {
  const began = performance.now();
  const latencies: number[] = [];
  let left = PREDICTIONS;
  const client = async () => {
    while (left-- > 0) latencies.push(await one(server, receiver));
  };
  const work = () => Promise.all(Array.from({ length: CLIENTS }, client));
  const { serverMicros, workerMicros } = await costOf(server, work, () => PREDICTIONS);
  const seconds = (performance.now() - began) / 1_000;
  latencies.sort((a, b) => a - b);
  return {
    perSecond: PREDICTIONS / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    serverMicros,
    workerMicros,
  };
}

/** From the request to its webhook, milliseconds. */
async function one(server: RunningContender, receiver: Receiver): Promise<number> {
  const began = performance.now();
  const id = `w${Math.random().toString(36).slice(2)}`;
  const told = receiver.end(id);
  told.catch(() => {}); // awaited below; where the request fails, that is what is reported
  const body = JSON.stringify({
    id,
    input: INPUT,
    webhook: receiver.url,
    webhook_events_filter: ['completed'],
  });
  const headers = { prefer: 'respond-async' };
  for (;;) {
    const { status, text } = await call(server.url + server.path, { headers, body });
    if (status === 202) break;
    if (status !== 409 || performance.now() - began > WEBHOOK_MS)
      throw new Error(`${status}: ${text.slice(0, 200)}`);
    // coglet tells the end of a prediction before its slot is free.
    await pause(1);
  }
  if ((await told) !== 'succeeded') throw new Error(`prediction ${id} did not succeed`);
  return performance.now() - began;
}

interface Receiver {
  readonly url: string;
  /** The status that the webhook of this prediction will tell. */
  end(id: string): Promise<string>;
  close(): Promise<void>;
}

async function receiveEnds(): Promise<Receiver> {
  const waiting = new Map<string, (status: string) => void>();
  const server = await serveRequests((request, response) => {
    json(request).then(
      (body) => {
        const { id, status } = body as { id: string; status: string };
        response.end();
        waiting.get(id)?.(status);
      },
      () => response.writeHead(400).end(),
    );
  });
  return {
    url: `${server.url}/`,
    close: server.close,
    end: (id) =>
      new Promise((resolve, reject) => {
        const overdue = () => reject(new Error(`no webhook for ${id} within ${WEBHOOK_MS} ms`));
        const timer = setTimeout(overdue, WEBHOOK_MS);
        waiting.set(id, (status) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(status);
        });
      }),
  };
}
