// Open-loop load: requests leave at a fixed rate whether or not earlier ones were answered, and latency counts from the
// moment a request was due, so that a server which stalls cannot hide the requests it kept from being sent.
import { Agent, request } from 'node:http';
import type { RunningContender } from '../contender.ts';
import { percentile } from '../statistics.ts';

export interface OpenLoop {
  /** Requests per second that were asked for, and that were answered 2xx. */
  readonly rate: number;
  readonly answered: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The generator itself was late by this much at the 99th percentile: above a millisecond the figures are its own. */
  readonly lateP99Ms: number;
}

const CONNECTIONS_MAX = 512;
const ANSWER_MS = 10_000;

export async function openLoop(
  server: RunningContender,
  input: { readonly [key: string]: unknown },
  rate: number,
  seconds: number,
): Promise<OpenLoop> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  const send = sender(server, server.body(input), agent);
  const total = Math.round(rate * seconds);
  const latencies: number[] = [];
  const late: number[] = [];
  let errors = 0;
  const pending: Promise<void>[] = [];
  const start = performance.now() + 20;
  const due = (i: number) => start + (i * 1000) / rate;
  for (let i = 0; i < total; ) {
    const now = performance.now();
    for (; i < total && due(i) <= now; i++) {
      const at = due(i);
      late.push(now - at);
      pending.push(
        send().then((isOk) => {
          if (isOk) latencies.push(performance.now() - at);
          else errors++;
        }),
      );
    }
    await turn(i < total ? due(i) - performance.now() : 0);
  }
  await Promise.all(pending);
  agent.destroy();
  latencies.sort((a, b) => a - b);
  late.sort((a, b) => a - b);
  return {
    rate,
    answered: latencies.length / seconds,
    errors,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    lateP99Ms: percentile(late, 0.99),
  };
}

/** Timers are a millisecond coarse at best; the rest of the wait is spent turning the loop. */
function turn(waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (waitMs > 2) setTimeout(resolve, waitMs - 1.5);
    else setImmediate(resolve);
  });
}

function sender(server: RunningContender, body: string, agent: Agent): () => Promise<boolean> {
  const { hostname, port } = new URL(server.url);
  const options = {
    agent,
    host: hostname,
    port,
    path: server.path,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    timeout: ANSWER_MS,
  };
  return () =>
    new Promise((resolve) => {
      const outgoing = request(options, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode === 200));
        response.on('error', () => resolve(false));
      });
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => resolve(false));
      outgoing.end(body);
    });
}
