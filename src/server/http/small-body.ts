// The shortest way into a route, for the requests that come by the thousand: JSON whose length is known and small. It is
// taken as it arrives, after the hooks that ask who is there and before all that Fastify would do to find a parser for it.
// Everything else goes on to Fastify, so that nothing is refused here.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { limit } from '../../limits.ts';

/** What it returns is settled once it is answered; it may throw as well. */
export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> | undefined;

/** The last `onRequest` hook of a route with that handler, which finds the bytes in `request.body` either way. */
export function takeSmallBody(handler: Handler, bodyBytesMax: number): onRequestHookHandler {
  const bytesMax = Math.min(limit('inlineBytesMax'), bodyBytesMax);
  return (request, reply, next) => {
    const bytes = lengthOf(request.headers);
    if (bytes === 0 || bytes > bytesMax) return next();
    receive(request.raw, bytes, (body) => {
      request.body = body;
      answer(handler, request, reply);
    });
  };
}

/** Infinity where it is not known, or is not for us to take. */
function lengthOf(headers: IncomingHttpHeaders): number {
  const length = headers['content-length'];
  const isPlain = headers['content-type'] === 'application/json' && length !== undefined;
  return isPlain ? Number(length) : Number.POSITIVE_INFINITY;
}

/** Node's parser gives no more than the announced length, and nothing ever follows where the client is gone. */
function receive(raw: IncomingMessage, bytes: number, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let missing = bytes;
  raw.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    missing -= chunk.length;
    if (missing === 0) then(chunks.length === 1 ? chunk : Buffer.concat(chunks));
  });
}

function answer(handler: Handler, request: FastifyRequest, reply: FastifyReply): void {
  const fail = (error: unknown) => void reply.send(error);
  try {
    handler(request, reply)?.catch(fail);
  } catch (error) {
    fail(error);
  }
}
