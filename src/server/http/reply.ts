// Sends JSON through Fastify, and nothing else: every answer of the server passes here or through raw-reply.ts.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { PawlError } from '../../errors.ts';
import { compose } from '../payload/compose.ts';
import type { ComposedBody } from '../payload/composed-body.ts';
import { errorReply } from './error-reply.ts';

// Cog's answers have no charset; with a serialiser of its own a reply keeps the header as it is.
const asIs = (payload: unknown): string => String(payload);

export function sendText(reply: FastifyReply, status: number, json: string): FastifyReply {
  return reply.serializer(asIs).code(status).header('content-type', 'application/json').send(json);
}

export function sendJson(reply: FastifyReply, status: number, body: object): FastifyReply {
  const composed = compose(() => JSON.stringify(body));
  return typeof composed === 'string' ? sendText(reply, status, composed) : sendBody(reply, status, composed);
}

/** Streamed, and released when it is sent or its client is gone. */
function sendBody(reply: FastifyReply, status: number, body: ComposedBody): FastifyReply {
  reply.code(status).headers({ 'content-type': 'application/json', 'content-length': body.bytes });
  // Fastify would read it to its end to answer HEAD.
  if (reply.request.method !== 'HEAD') return reply.send(body.stream());
  body.release();
  return reply.send(Readable.from([]));
}

export function sendError(reply: FastifyReply, error: PawlError): FastifyReply {
  const { status, headers, body } = errorReply(error);
  return sendText(reply.headers(headers), status, body);
}
