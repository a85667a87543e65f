// An answer that its client reads as it likes: the head at once, the body when a test asks for it.
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface SlowDownload {
  readonly status: number;
  readonly contentLength: number;
  /** Reads what is left. */
  rest(): Promise<Buffer>;
  /** Breaks the connection. */
  leave(): void;
}

export interface SlowRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Resolves with the head of the answer; of its body no more is read than connections hold. */
export async function slowDownload(
  url: string,
  { method = 'GET', headers = {}, body }: SlowRequest = {},
): Promise<SlowDownload> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request(url, { method, agent: false, headers: { ...type, ...headers } }, resolve);
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
  response.on('error', () => {});
  return {
    status: response.statusCode ?? 0,
    contentLength: Number(response.headers['content-length']),
    rest: () => buffer(response),
    leave: () => response.destroy(),
  };
}
