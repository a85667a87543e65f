// What a client saw, as data that two servers can be compared by: every exchange, with what differs in each run
// (generated ids, times, durations) replaced by a name.
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../helpers/eventually.ts';

export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON with its content type. */
  readonly body?: string | Buffer | { readonly [key: string]: unknown };
  /** Ends the connection after this many events of a stream. */
  readonly hangUpAfter?: number;
}

export const JSON_TYPE = { 'content-type': 'application/json' } as const;
const EXCHANGE_MS = 20_000;
const BUSY_TRIES = 20;
const BUSY_PAUSE_MS = 25;
const CANCEL_PAUSE_MS = 50;
export const ASYNC = { prefer: 'respond-async' };
const GENERATED_ID = /^(pred_[0-9a-f]+|[a-z2-7]{26})$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const DURATIONS = new Set(['predict_time', 'queue_time']);

export class Client {
  readonly url: string;
  /** Cog's server may refuse what follows an answer at once: its slot is still busy. Asked again, so that it counts. */
  readonly retriesBusy: boolean;
  readonly exchanges: Plain[] = [];
  #expectsBusy = false;

  constructor(url: string, { retriesBusy }: { retriesBusy: boolean }) {
    this.url = url;
    this.retriesBusy = retriesBusy;
  }

  /** Sends it, adds the normalised answer to the transcript, and returns the answer as it was. */
  async ask(ask: Ask): Promise<{ status: number; body: unknown }> {
    const { status, headers, text } = await this.#answer(ask);
    const type = String(headers['content-type'] ?? '').replace(/;.*/, '');
    const body = ask.method === 'HEAD' ? null : bodyOf(type, text);
    const allow =
      headers.allow === undefined ? {} : { allow: String(headers.allow).split(/, ?/).sort().join() };
    this.exchanges.push({ status, type, ...allow, body: normalised(body) });
    return { status, body };
  }

  async post(body: { readonly [key: string]: unknown }, headers: Readonly<Record<string, string>> = {}) {
    return this.ask({ method: 'POST', path: '/predictions', body, headers });
  }

  async #answer(ask: Ask): Promise<RawAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await send(this.url, ask);
      if (answer.status !== 409 || this.#expectsBusy || !this.retriesBusy || tries === BUSY_TRIES)
        return answer;
      await pause(BUSY_PAUSE_MS);
    }
  }

  /** Without a status: any that ends STARTING. */
  async untilHealth(status: string | undefined): Promise<void> {
    await eventually(`health is ${status ?? 'known'}`, async () => {
      const response = await fetch(`${this.url}/health-check`);
      const health = (await response.json()) as { status: string };
      const isThere = status === undefined ? health.status !== 'STARTING' : health.status === status;
      return isThere ? true : null;
    });
  }

  /** Asks for what is refused with 409, once. */
  async refused(ask: () => Promise<unknown>): Promise<void> {
    this.#expectsBusy = true;
    await ask();
    this.#expectsBusy = false;
  }

  /**
   * Cancels it until it has ended: Cog answers 404 until it runs, and loses a cancel that comes in the first moment of
   * the run.
   */
  async cancelUntil<T>(end: Promise<T>, id: string): Promise<T> {
    const over = end.then(() => true);
    while (!(await Promise.race([over, pause(CANCEL_PAUSE_MS, false)]))) {
      await (await fetch(`${this.url}/predictions/${id}/cancel`, { method: 'POST' })).text();
    }
    return end;
  }

  /** Asks for what is already under way until it runs: Cog says `starting` for as long as its worker has not taken it. */
  async untilRunning(id: string, body: NonNullable<Ask['body']>): Promise<void> {
    await eventually(`${id} runs`, async () => {
      const { text } = await this.#answer({
        method: 'PUT',
        path: `/predictions/${id}`,
        body,
        headers: ASYNC,
      });
      return (JSON.parse(text) as { status?: string }).status === 'processing' ? true : null;
    });
  }

  /** Cancels it until nobody knows it any more, for the reasons that `cancelUntil` has. */
  async untilGone(id: string): Promise<void> {
    await eventually(`${id} is gone`, async () => {
      const { status } = await this.#answer({ method: 'POST', path: `/predictions/${id}/cancel` });
      return status === 404 ? true : null;
    });
  }

  /** Adds something that is not an answer, such as what a webhook brought. */
  note(value: unknown): void {
    this.exchanges.push(normalised(value));
  }
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function send(url: string, { method, path, headers = {}, body, hangUpAfter }: Ask): Promise<RawAnswer> {
  const isRaw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = isRaw ? body : JSON.stringify(body);
  const type: Record<string, string> = isRaw ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const outgoing = request(
      {
        host: target.hostname,
        port: target.port,
        method,
        path,
        headers: {
          ...type,
          ...(bytes === undefined ? {} : { 'content-length': String(Buffer.byteLength(bytes)) }),
          ...headers,
        },
        agent: false,
        timeout: EXCHANGE_MS,
      },
      (response) => {
        let text = '';
        const done = () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (hangUpAfter === undefined || text.split('\n\n').length <= hangUpAfter) return;
          done();
          outgoing.destroy();
        });
        response.on('end', done);
        response.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path}`)));
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

/**
 * An event stream, kind by kind: what is logged and what is put out take two ways to the client, and which of two that
 * were made at about the same time comes first says nothing. Where the stream begins and ends does.
 */
function events(text: string): Plain {
  const all = text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':') && !block.startsWith('retry:'))
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart())
          .join('\n');
      return { event: field('event'), data: JSON.parse(field('data')) };
    });
  const of = (kind: string) => all.filter(({ event }) => event === kind).map(({ data }) => data);
  const logged = (source: string) =>
    of('log')
      .filter((log) => log.source === source)
      .map((log) => log.data)
      .join('');
  const kinds = [...new Set(all.map(({ event }) => event))].filter((kind) => kind !== 'log');
  return {
    first: all[0]?.event ?? null,
    last: all.at(-1)?.event ?? null,
    log: { stdout: logged('stdout'), stderr: logged('stderr') },
    ...Object.fromEntries(kinds.map((kind) => [kind, of(kind)])),
  };
}

function bodyOf(type: string, text: string): unknown {
  if (type === 'text/event-stream') return events(text);
  return type === 'application/json' ? JSON.parse(text) : text;
}

/** Replaces what differs from run to run. */
export function normalised(value: unknown, key = ''): Plain {
  if (Array.isArray(value)) return value.map((item) => normalised(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        name === 'detail' ? sorted(item) : normalised(item, name),
      ]),
    );
  }
  if (typeof value === 'number' && DURATIONS.has(key)) return '<seconds>';
  if (typeof value === 'string') {
    if (GENERATED_ID.test(value)) return '<generated id>';
    if (TIME.test(value)) return '<time>';
    return value;
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** The issues of a 422: which comes first says nothing. */
function sorted(detail: unknown): Plain {
  const issues = normalised(detail);
  if (!Array.isArray(issues)) return issues;
  return issues.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}
