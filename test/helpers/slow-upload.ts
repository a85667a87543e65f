// A create request whose body is sent as a test asks for it, and whose answer is read to its end.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface SlowUpload {
  /** Resolves when the connection has taken it. */
  send(piece: Buffer | string): Promise<void>;
  /** Ends the body; resolves with the whole answer. */
  finish(): Promise<{ readonly status: number; readonly body: Buffer }>;
  /** Breaks the connection. */
  leave(): void;
}

export interface UploadOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Content-Length; without it the body is sent in chunks. */
  readonly bytes?: number;
}

export function slowUpload(
  url: string,
  { method = 'POST', headers = {}, bytes }: UploadOptions = {},
): SlowUpload {
  const length = bytes === undefined ? {} : { 'content-length': String(bytes) };
  const sent = request(url, {
    method,
    agent: false,
    headers: { 'content-type': 'application/json', ...length, ...headers },
  });
  const answered = once(sent, 'response');
  // Of one that a test leaves nobody hears.
  answered.catch(() => {});
  sent.on('error', () => {});
  return {
    async send(piece) {
      if (!sent.write(piece)) await once(sent, 'drain');
    },
    async finish() {
      sent.end();
      const [response]: IncomingMessage[] = await answered;
      if (response === undefined) throw new Error('there is no answer');
      return { status: response.statusCode ?? 0, body: await buffer(response) };
    },
    leave: () => sent.destroy(),
  };
}
