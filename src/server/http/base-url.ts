// Where the server is for the client that asks: the start of every URL in an answer.
import type { FastifyRequest } from 'fastify';

/** `http://host:port`, without a slash at the end. */
export function baseUrl(request: FastifyRequest): string {
  // The Host header is the client's word, and need not be one that a URL can hold.
  const base = `${request.protocol}://${request.host}`;
  return URL.canParse(base) ? new URL(base).origin : 'http://localhost';
}
