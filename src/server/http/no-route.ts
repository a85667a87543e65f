// The answer for a path that no route has.
import type { FastifyRequest } from 'fastify';
import { PawlError } from '../../errors.ts';

export function noRoute(request: FastifyRequest): PawlError {
  const message = `No route has the path ${pathOf(request)}; GET /openapi.json describes all that exist.`;
  return new PawlError('PAWL_NOT_FOUND', message);
}

/** Without the query, which may hold what nobody should read back. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}
