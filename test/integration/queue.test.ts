// Who gets a slot, and when, over a real server and real workers.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

interface Body {
  readonly id: string;
  readonly status: string;
  readonly output?: unknown;
  readonly error_code?: string;
  readonly queue?: { readonly position: number; readonly estimated_wait: number | null };
  readonly metrics: { readonly queue_time?: number };
}

const LONG = 600_000;
const isOver = ({ status }: Body) => !['starting', 'processing'].includes(status);

async function start(...args: string[]) {
  const server = await startServer('test/fixtures/predictors/turnstile.mjs', { args });
  onTestFinished(async () => void (await server.stop()));
  return new Client(server);
}

class Client {
  readonly url: string;

  constructor({ url }: RunningServer) {
    this.url = url;
  }

  create(id: string, input: object, headers: Record<string, string> = {}, signal?: AbortSignal) {
    return fetch(`${this.url}/predictions/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ input }),
      signal: signal ?? null,
    });
  }

  async begin(id: string, input: object, headers: Record<string, string> = {}): Promise<number> {
    return (await this.create(id, input, { prefer: 'respond-async', ...headers })).status;
  }

  async get(id: string): Promise<Body> {
    return (await (await fetch(`${this.url}/predictions/${id}`)).json()) as Body;
  }

  cancel(id: string) {
    return fetch(`${this.url}/predictions/${id}/cancel`, { method: 'POST' });
  }

  over(id: string): Promise<Body> {
    return eventually(`${id} is over`, async () => {
      const body = await this.get(id);
      return isOver(body) ? body : null;
    });
  }

  /** READY is what one of several workers is enough for. */
  async everySlot(count: number): Promise<void> {
    let tries = 0;
    await eventually(`all ${count} slots are there`, async () => {
      const ids = Array.from({ length: count }, (_, i) => `slot-${tries}-${i}`);
      tries += 1;
      const statuses = await Promise.all(ids.map((id) => this.begin(id, { ms: LONG })));
      const taken = ids.filter((_, i) => statuses[i] === 202);
      for (const id of taken) await (await this.cancel(id)).arrayBuffer();
      for (const id of taken) await this.over(id);
      return taken.length === count ? true : null;
    });
  }

  /** Waits until it stands there; null: until it runs. */
  stands(id: string, position: number | null): Promise<Body> {
    return eventually(`${id} stands at ${position}`, async () => {
      const body = await this.get(id);
      return (body.queue?.position ?? null) === position && body.id === id ? body : null;
    });
  }
}

describe('at full capacity', () => {
  it('a client that has its answer can always post the next one, however it got the answer', async () => {
    const clients = 8;
    const rounds = 120;
    const server = await start('--workers', '2', '--concurrency', '4');
    await server.everySlot(clients);
    const refused: string[] = [];
    const outcomes = { sync: 0, failed: 0, polled: 0, canceled: 0 };
    const kinds = Object.keys(outcomes) as (keyof typeof outcomes)[];

    const once = async (id: string, kind: keyof typeof outcomes) => {
      const isSync = kind === 'sync' || kind === 'failed';
      const input = { ms: kind === 'canceled' ? LONG : 0, fail: kind === 'failed', echo: id };
      const response = await server.create(id, input, isSync ? {} : { prefer: 'respond-async' });
      if (response.status === 409) {
        refused.push(`${id} ${kind}`);
        return;
      }
      const body = (await response.json()) as Body;
      if (kind === 'canceled') await (await server.cancel(id)).arrayBuffer();
      const { status } = isSync ? body : await server.over(id);
      expect(status).toBe({ sync: 'succeeded', polled: 'succeeded' }[kind as string] ?? kind);
      outcomes[kind]++;
    };
    await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        for (let round = 0; round < rounds; round++) {
          await once(`${client}-${round}`, kinds[(client + round) % kinds.length] ?? 'sync');
        }
      }),
    );
    expect(refused).toEqual([]);
    const each = (clients * rounds) / kinds.length;
    expect(outcomes).toEqual({ sync: each, failed: each, polled: each, canceled: each });
  });
});

describe('the queue', () => {
  it('is served in order; whoever leaves it or is canceled in it takes no slot', async () => {
    const server = await start('--concurrency', '1', '--queue', '4');
    expect(await server.begin('holds', { ms: LONG })).toBe(202);
    const leaving = new AbortController();
    const left = server.create('leaves', {}, {}, leaving.signal).catch((error: Error) => error.name);
    await server.stands('leaves', 1);
    expect(await server.begin('canceled', {})).toBe(202);
    const waits = server.create('waits', { echo: 'waited' });
    await server.stands('waits', 3);
    expect(await server.begin('last', { echo: 'last' })).toBe(202);
    const refused = await server.create('one too many', {});
    expect(refused.status).toBe(422);
    const full = await server.create('too-many', {});
    expect([full.status, Number(full.headers.get('retry-after'))]).toEqual([409, expect.any(Number)]);
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);

    leaving.abort();
    expect(await left).toBe('AbortError');
    expect((await server.over('leaves')).status).toBe('canceled');
    expect((await server.cancel('canceled')).status).toBe(200);
    expect((await server.stands('waits', 1)).status).toBe('starting');
    await server.cancel('holds');
    const answer = (await (await waits).json()) as Body;
    expect([answer.status, answer.output]).toEqual(['succeeded', 'waited']);
    expect(answer.metrics.queue_time).toBeGreaterThan(0);
    expect((await server.over('last')).output).toBe('last');
    expect((await server.over('canceled')).status).toBe('canceled');
  });

  it('outlives the worker: what waits runs on the next one', async () => {
    const server = await start('--concurrency', '1', '--queue', '3');
    await server.begin('holds', { ms: LONG });
    const dies = server.create('dies', { die: true });
    await server.stands('dies', 1);
    await server.begin('a', { echo: 'a' });
    await server.begin('b', { echo: 'b' });
    await server.cancel('holds');
    expect(((await (await dies).json()) as Body).error_code).toBe('PAWL_WORKER_CRASHED');
    expect((await server.over('b')).output).toBe('b');
    expect((await server.over('a')).output).toBe('a');
  });

  it('is left at the deadline of Cancel-After, which also ends what runs', async () => {
    const server = await start('--concurrency', '1', '--queue', '2');
    expect(await server.begin('holds', { ms: LONG }, { 'cancel-after': '2s' })).toBe(202);
    expect(await server.begin('late', {}, { 'cancel-after': '1s' })).toBe(202);
    expect(await server.begin('next', { echo: 'next' }, { 'cancel-after': '1h' })).toBe(202);
    const late = await server.over('late');
    expect(late.status).toBe('canceled');
    expect(late.metrics.queue_time).toBeGreaterThanOrEqual(1);
    expect((await server.over('holds')).status).toBe('canceled');
    expect((await server.over('next')).output).toBe('next');
  });
});

describe('hundreds of PUTs of one id, at once', () => {
  const many = async (server: Client, id: string, headers: Record<string, string>) => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => server.create(id, {}, headers)));
    for (const answer of answers) await answer.arrayBuffer();
    return new Set(answers.map(({ status }) => status));
  };

  it('run it once: where a slot is free, where they queue, and where all are refused', async () => {
    const server = await start('--concurrency', '1', '--queue', '1');
    const async = { prefer: 'respond-async' };
    expect(
      [...(await many(server, 'first', async))].every((status) => status === 202 || status === 200),
    ).toBe(true);
    expect((await server.over('first')).output).toBe(1);

    await server.begin('holds', { ms: LONG });
    expect(await many(server, 'queued', async)).toEqual(new Set([202]));
    expect(await many(server, 'refused', async)).toEqual(new Set([409]));
    await server.cancel('holds');
    expect((await server.over('queued')).output).toBe(3);

    // Those that wait all get the answer of the one run.
    expect(await many(server, 'awaited', { prefer: 'wait' })).toEqual(new Set([200]));
    expect((await server.get('awaited')).output).toBe(4);
  });
});

it('reads several Prefer lines as one, and says which were followed', async () => {
  const server = await start();
  const headers = {
    'content-type': 'application/json',
    prefer: ['handling=lenient', 'respond-async', 'wait="600"'],
  };
  const asked = request(`${server.url}/predictions`, { method: 'POST', headers });
  asked.end('{"input": {"echo": "x"}}');
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const body = JSON.parse(await text(response)) as Body;
  expect([response.statusCode, body.output, response.headers['preference-applied']]).toEqual([
    200,
    'x',
    'wait=600',
  ]);
});

it('a client that leaves cancels its prediction, unless it said respond-async', async () => {
  const server = await start('--concurrency', '2');
  for (const prefer of ['wait=600', 'respond-async, wait=600']) {
    const id = prefer === 'wait=600' ? 'bound' : 'free';
    const leaving = new AbortController();
    const asked = server.create(id, { ms: LONG }, { prefer }, leaving.signal).catch(() => 'left');
    await server.stands(id, null);
    leaving.abort();
    await asked;
  }
  expect((await server.over('bound')).status).toBe('canceled');
  expect((await server.get('free')).status).toBe('processing');
  await server.cancel('free');
  expect((await server.over('free')).status).toBe('canceled');
});
