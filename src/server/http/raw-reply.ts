// Answers where Fastify never sees the request: malformed HTTP, CONNECT, a missing Host, an unknown expectation.
import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PawlError } from '../../errors.ts';
import { asRequestError, errorReply } from './error-reply.ts';

/** Writes the whole answer onto a connection and closes it. */
export function answerSocket(socket: Duplex, cause: unknown): void {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : null;
  // Nobody is there to read, or an answer to an earlier request is under way and this one would end up inside it.
  if (code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const { status, body } = errorReply(asRequestError(cause));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** True when what is broken is not the request that the connection's current response belongs to, or that has begun. */
function isAnswering(socket: Duplex): boolean {
  // Node keeps the current response here; its own handler of malformed requests looks at the same field.
  const response: unknown = Reflect.get(socket, '_httpMessage');
  if (!(response instanceof ServerResponse)) return false;
  return response.headersSent || response.req.complete;
}

export function answerResponse(response: ServerResponse, error: PawlError): void {
  const { status, body } = errorReply(error);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}

/** What RFC 9112 wants refused before a route is looked for; null where the request may go on. */
export function malformed(request: IncomingMessage): PawlError | null {
  if (request.httpVersion === '1.1' && request.headers.host === undefined) {
    return new PawlError('PAWL_BAD_REQUEST', 'The request has no Host header.');
  }
  return null;
}
