// Open-loop load: requests leave at a fixed rate whether or not earlier ones were answered, and latency counts from the
// moment a request was due, so that a server which stalls cannot hide the requests it kept from being sent.
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningContender } from '../contender.ts';
import { percentile } from '../statistics.ts';
import { Connection } from './connection.ts';
import { type Target, targetOf } from './request.ts';
import { Schedule } from './schedule.ts';

export interface OpenLoop {
  /** Requests per second that were asked for, and that were answered 2xx until the last was due. */
  readonly rate: number;
  readonly answered: number;
  /** Answers other than 2xx, broken connections, and what had no answer in time. */
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How late the generator itself was at the 99th percentile: latencies below that are its own. */
  readonly lateP99Ms: number;
}

const CONNECTIONS_MAX = 1_000;
/** After the last request was due. */
const ANSWER_MS = 3_000;
const LEAD_MS = 20;

export async function openLoop(
  server: RunningContender,
  input: { readonly [key: string]: unknown },
  rate: number,
  seconds: number,
): Promise<OpenLoop> {
  const sender = new Sender(server, input);
  const startMs = performance.now() + LEAD_MS;
  const schedule = new Schedule(startMs, rate, seconds);
  const late: number[] = [];
  while (!schedule.isOver) {
    const now = performance.now();
    for (const due of schedule.take(now)) {
      late.push(now - due);
      sender.send(due);
    }
    if (!schedule.isOver) await turn(schedule.nextMs - performance.now());
  }
  const answered = sender.latencies.length / Math.max(seconds, (performance.now() - startMs) / 1_000);
  await sender.idle(ANSWER_MS);
  sender.close();
  const { latencies } = sender;
  latencies.sort((a, b) => a - b);
  late.sort((a, b) => a - b);
  return {
    rate,
    answered,
    errors: schedule.total - latencies.length,
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

class Sender {
  /** Of answers 2xx, from when the request was due, milliseconds. */
  readonly latencies: number[] = [];
  readonly #target: Target;
  readonly #connections = new Set<Connection>();
  readonly #free: Connection[] = [];
  /** Requests that found no connection: when they were due. */
  readonly #waiting: number[] = [];

  constructor(server: RunningContender, input: { readonly [key: string]: unknown }) {
    this.#target = targetOf(server, input);
  }

  send(due: number): void {
    const connection = this.#take();
    if (connection === null) this.#waiting.push(due);
    else this.#sendOn(connection, due);
  }

  /** Resolves once everything was answered, or after the deadline. */
  async idle(deadlineMs: number): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while (this.#free.length < this.#connections.size && performance.now() < deadline) await pause(5);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #take(): Connection | null {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#connections.size >= CONNECTIONS_MAX) return null;
    const connection = new Connection(this.#target.host, this.#target.port);
    this.#connections.add(connection);
    return connection;
  }

  #sendOn(connection: Connection, due: number): void {
    connection.send(this.#target.request, (status) => {
      if (status >= 200 && status < 300) this.latencies.push(performance.now() - due);
      const next = this.#waiting.shift();
      if (!connection.isUsable) {
        this.#connections.delete(connection);
        if (next !== undefined) this.send(next);
      } else if (next === undefined) this.#free.push(connection);
      else this.#sendOn(connection, next);
    });
  }
}
