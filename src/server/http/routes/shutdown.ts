// POST /shutdown: answered first, then the server drains and stops.
import type { FastifyInstance } from 'fastify';
import { ignoreBodyType } from '../ignore-body-type.ts';
import { sendJson } from '../reply.ts';

export function shutdownRoute(app: FastifyInstance, onShutdown: () => void): void {
  app.post('/shutdown', { onRequest: ignoreBodyType }, (_request, reply) => {
    reply.raw.once('close', onShutdown);
    return sendJson(reply.header('connection', 'close'), 200, {});
  });
}
