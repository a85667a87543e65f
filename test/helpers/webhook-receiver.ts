// Owns a receiver of webhooks on 127.0.0.1: keeps what it is sent and misbehaves as it is told. Judges nothing.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { eventually } from './eventually.ts';
import { type FileServer, serveRequests } from './file-server.ts';

export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: { readonly id: string; readonly status: string; readonly [key: string]: unknown };
  readonly at: number;
}

/** What a receiver does with one request; 200 where nothing is said. */
export type Manner = (response: ServerResponse, received: ReceivedWebhook) => void;

export interface WebhookReceiver {
  readonly url: string;
  readonly received: ReceivedWebhook[];
  /** For the requests to come, in order. */
  behave(...manners: readonly Manner[]): void;
  /** `status` of the bodies of one prediction, or of all. */
  statuses(id?: string): string[];
  /** Resolves with the first webhook that fits, past or to come. */
  first(what: string, fits: (received: ReceivedWebhook) => boolean): Promise<ReceivedWebhook>;
  count(count: number): Promise<void>;
  close(): Promise<void>;
}

export const answers =
  (status: number, headers: Record<string, string> = {}): Manner =>
  (response) =>
    response.writeHead(status, headers).end();
export const hangs: Manner = () => {};
export const resets: Manner = (response) => response.socket?.resetAndDestroy();

/** `manner` is for requests that `behave` says nothing about. */
export async function receiveWebhooks(manner: Manner = answers(200)): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const manners: Manner[] = [];
  const server: FileServer = await serveRequests(async (request, response) => {
    const body = await text(request);
    const { url: path = '', headers } = request;
    const webhook = { path, headers, text: body, body: JSON.parse(body || '{}'), at: performance.now() };
    received.push(webhook);
    (manners.shift() ?? manner)(response, webhook);
  });
  return {
    url: server.url,
    received,
    behave: (...more) => void manners.push(...more),
    statuses: (id) =>
      received.filter(({ body }) => id === undefined || body.id === id).map(({ body }) => body.status),
    first: (what, fits) => eventually(what, () => received.find(fits)),
    count: async (count) =>
      void (await eventually(`${count} webhooks`, () => (received.length >= count ? true : null))),
    close: () => server.close(),
  };
}

export const isEnd = ({ body }: ReceivedWebhook): boolean =>
  ['succeeded', 'failed', 'canceled'].includes(body.status);
