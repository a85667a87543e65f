// Sends JSON through Fastify, and nothing else: every answer of the server passes here or through raw-reply.ts.
import type { FastifyReply } from 'fastify';
import type { PawlError } from '../../errors.ts';
import { errorReply } from './error-reply.ts';

// Cog's answers have no charset; with a serialiser of its own a reply keeps the header as it is.
const asIs = (payload: unknown): string => String(payload);

export function sendText(reply: FastifyReply, status: number, json: string): FastifyReply {
  return reply.serializer(asIs).code(status).header('content-type', 'application/json').send(json);
}

export function sendJson(reply: FastifyReply, status: number, body: object): FastifyReply {
  return sendText(reply, status, JSON.stringify(body));
}

export function sendError(reply: FastifyReply, error: PawlError): FastifyReply {
  const { status, headers, body } = errorReply(error);
  return sendText(reply.headers(headers), status, body);
}
