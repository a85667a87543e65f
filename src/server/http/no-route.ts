// The answer where no route has the path, or none of those that have it takes the method.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PawlError } from '../../errors.ts';
import type { PredictionService } from '../prediction/service.ts';
import type { RoutesTable } from './routes-table.ts';

/** Why a request reaches no route; the reply gets the header that goes with it. */
export type Unrouted = (request: FastifyRequest, reply: FastifyReply) => PawlError;

export function unroutedBy(table: RoutesTable, service: PredictionService): Unrouted {
  return (request, reply) => {
    const path = pathOf(request);
    const isHidden = path.startsWith('/trainings') && service.offers('train') === false;
    const methods = isHidden ? [] : table.methodsOf(path);
    if (methods.length === 0) return noRoute(request);
    const taken = methods.join(', ');
    reply.header('allow', taken);
    return new PawlError(
      'PAWL_METHOD_NOT_ALLOWED',
      `${path} does not take ${request.method}; it takes ${taken}.`,
    );
  };
}

export function noRoute(request: FastifyRequest): PawlError {
  const message = `No route has the path ${pathOf(request)}; GET /openapi.json describes all that exist.`;
  return new PawlError('PAWL_NOT_FOUND', message);
}

/** Without the query, which may hold what nobody should read back. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}
