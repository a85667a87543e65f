// A server that takes uploads by PUT and keeps them; a test may hold, refuse or redirect some. Knows nothing of Pawl.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type FileServer, serveRequests } from './file-server.ts';

export interface Received {
  readonly url: string;
  readonly type: string | undefined;
  readonly traceparent: string | undefined;
  readonly size: number;
  readonly sha256: string;
  /** The content, where it is short. */
  readonly text: string;
}

export interface UploadReceiver extends FileServer {
  /** In the order in which they were complete. */
  readonly received: Received[];
  /** Requests that have begun. */
  readonly begun: string[];
  /** Decides instead of 201; called once the body was read. True: it has answered, or will. */
  answer: (received: Received, response: ServerResponse) => boolean;
}

const SHORT = 1_000;

export async function receiveUploads(): Promise<UploadReceiver> {
  const received: Received[] = [];
  const begun: string[] = [];
  const server = await serveRequests(async (request, response) => {
    const hash = createHash('sha256');
    let size = 0;
    let text = '';
    begun.push(request.url ?? '');
    for await (const piece of request) {
      size += piece.length;
      hash.update(piece);
      if (size <= SHORT) text += piece;
    }
    const { url = '', headers } = request;
    const traceparent = headers.traceparent?.toString();
    const one = { url, type: headers['content-type'], traceparent, size, sha256: hash.digest('hex'), text };
    received.push(one);
    if (!receiver.answer(one, response)) response.writeHead(201).end();
  });
  const receiver: UploadReceiver = { ...server, received, begun, answer: () => false };
  return receiver;
}
