// Closed-loop load that waits for every answer before it leaves. wrk cuts its last requests off, which cancels them, and
// a burst a second of that costs coglet its slots, one after the other.
import type { RunningContender } from '../contender.ts';
import { Connection } from './connection.ts';
import { type Target, targetOf } from './request.ts';
import type { WarmBurst } from './warm-up.ts';

const ANSWER_MS = 10_000;

/** Counts answers 2xx. Rejects where a request has no answer in time. */
export async function patientLoop(
  server: RunningContender,
  input: { readonly [key: string]: unknown },
  connections: number,
  seconds: number,
): Promise<WarmBurst> {
  const target = targetOf(server, input);
  const began = performance.now();
  const endMs = began + seconds * 1_000;
  const counts = await Promise.all(Array.from({ length: connections }, () => askUntil(endMs, target)));
  const requests = counts.reduce((sum, count) => sum + count, 0);
  return { requests, perSecond: requests / ((performance.now() - began) / 1_000) };
}

async function askUntil(endMs: number, { host, port, request }: Target): Promise<number> {
  let connection = new Connection(host, port);
  let answered = 0;
  try {
    while (performance.now() < endMs) {
      const status = await ask(connection, request);
      if (status >= 200 && status < 300) answered += 1;
      if (!connection.isUsable) connection = new Connection(host, port);
    }
    return answered;
  } finally {
    connection.close();
  }
}

function ask(connection: Connection, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
    connection.send(request, (status) => {
      clearTimeout(timer);
      resolve(status);
    });
  });
}
