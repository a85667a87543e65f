// What a client may do to a server in any order, and what must be true after each step.
import fc from 'fast-check';
import { expect } from 'vitest';

export const WAYS = ['value', 'sleeps', 'fails', 'items', 'spins'] as const;
export const IDS = ['a', 'b', 'c', 'd', 'e'] as const;
const TERMINAL = ['succeeded', 'failed', 'canceled'];
const STEP_MS = 30_000;

/** What the clients know. */
export interface Seen {
  /** Ids of predictions that were accepted, with the terminal state in which each was seen. */
  readonly accepted: Map<string, string | null>;
  crashes: number;
}

export interface Target {
  readonly url: string;
  readonly webhook: string;
  /** Makes the ids of a case its own. */
  readonly prefix: string;
  readonly crashesMax: number;
}

type Command = fc.AsyncCommand<Seen, Target>;

interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

export async function ask({ url }: Target, { method, path, body, headers }: Ask, signal?: AbortSignal) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    signal: signal ?? AbortSignal.timeout(STEP_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  expect(response.status).toSatisfy((status: number) => status < 500 || status === 503);
  if (response.status !== 204) expect(type).toMatch(/^(application\/json|text\/event-stream)$/);
  return { status: response.status, type, text };
}

/** A state that was seen is final once it is terminal, and nobody ever sees another. */
export function note(seen: Seen, prediction: { readonly id?: unknown; readonly status?: unknown }): void {
  const { id, status } = prediction;
  if (typeof id !== 'string' || typeof status !== 'string') return;
  const before = seen.accepted.get(id) ?? null;
  if (before !== null) expect(status).toBe(before);
  seen.accepted.set(id, TERMINAL.includes(status) ? status : before);
}

function create(how: (typeof WAYS)[number], letter: string | null, mode: 'async' | 'waits' | 'put'): Command {
  return {
    // One that sleeps would be waited for.
    check: () => how !== 'sleeps' || mode === 'async',
    toString: () => `create ${how} ${letter ?? ''} ${mode}`,
    async run(seen, target) {
      const id = letter === null && mode !== 'put' ? null : `${target.prefix}${letter ?? 'a'}`;
      const body = { input: { how }, webhook: target.webhook, webhook_events_filter: ['completed'] };
      const headers: Record<string, string> = mode === 'async' ? { prefer: 'respond-async' } : {};
      const path = mode === 'put' ? `/predictions/${id}` : '/predictions';
      const withId = mode === 'put' || id === null ? body : { ...body, id };
      const method = mode === 'put' ? 'PUT' : 'POST';
      const { status, text } = await ask(target, { method, path, body: withId, headers });
      expect([200, 202, 409, 503]).toContain(status);
      const answer = JSON.parse(text);
      if (status < 300) note(seen, answer);
      else if (answer.code === 'PAWL_ID_IN_USE') expect(seen.accepted.has(id ?? '')).toBe(true);
    },
  };
}

function leaves(how: (typeof WAYS)[number], accept: string, afterMs: number): Command {
  return {
    check: () => true,
    toString: () => `create ${how} as ${accept}, and leave after ${afterMs} ms`,
    async run(_seen, target) {
      const signal = AbortSignal.timeout(afterMs);
      const body = { input: { how }, webhook: target.webhook, webhook_events_filter: ['completed'] };
      await ask(target, { method: 'POST', path: '/predictions', body, headers: { accept } }, signal).catch(
        (error: unknown) => {
          if (!signal.aborted) throw error;
        },
      );
    },
  };
}

function look(letter: string, what: 'state' | 'stream' | 'cancel'): Command {
  return {
    check: () => true,
    toString: () => `${what} of ${letter}`,
    async run(seen, target) {
      const id = `${target.prefix}${letter}`;
      const path = `/predictions/${id}${what === 'state' ? '' : `/${what}`}`;
      if (what === 'stream') {
        // It may go on: two seconds of it are enough.
        const signal = AbortSignal.timeout(50);
        await ask(target, { method: 'GET', path }, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
        return;
      }
      const { status, text } = await ask(target, { method: what === 'state' ? 'GET' : 'POST', path });
      expect([200, 404]).toContain(status);
      if (status === 404 && what === 'state') expect(seen.accepted.has(id)).toBe(false);
      if (status === 200) note(seen, JSON.parse(text));
    },
  };
}

const list: Command = {
  check: () => true,
  toString: () => 'list',
  async run(seen, target) {
    const { status, text } = await ask(target, { method: 'GET', path: '/predictions' });
    expect(status).toBe(200);
    for (const prediction of JSON.parse(text).results) note(seen, prediction);
  },
};

const crash: Command = {
  check: () => true,
  toString: () => 'crash the worker',
  async run(seen, target) {
    if (seen.crashes >= target.crashesMax) return;
    seen.crashes += 1;
    const body = { input: { how: 'crashes' }, webhook: target.webhook, webhook_events_filter: ['completed'] };
    const { status, text } = await ask(target, { method: 'POST', path: '/predictions', body });
    expect([200, 409, 503]).toContain(status);
    if (status !== 200) return;
    expect(JSON.parse(text)).toMatchObject({ status: 'failed', error_code: 'PAWL_WORKER_CRASHED' });
    note(seen, JSON.parse(text));
  },
};

const way = fc.constantFrom(...WAYS);
const someId = fc.constantFrom(...IDS);

export const commands = fc.commands(
  [
    fc
      .tuple(way, fc.option(someId), fc.constantFrom('async' as const, 'waits' as const, 'put' as const))
      .map((all) => create(...all)),
    fc
      .tuple(way, fc.constantFrom('application/json', 'text/event-stream'), fc.integer({ min: 1, max: 60 }))
      .map((all) => leaves(...all)),
    fc
      .tuple(someId, fc.constantFrom('state' as const, 'stream' as const, 'cancel' as const))
      .map((all) => look(...all)),
    // Seldom: each costs a restart of the worker.
    fc.nat({ max: 12 }).map((drawn) => (drawn === 0 ? crash : list)),
  ],
  { maxCommands: 25 },
);
