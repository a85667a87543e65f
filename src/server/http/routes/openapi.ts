// GET /openapi.json: the predictor's document, as the worker reported it.
import type { FastifyInstance } from 'fastify';
import { PawlError } from '../../../errors.ts';
import type { PredictionService } from '../../prediction/service.ts';
import { sendError, sendJson } from '../reply.ts';

export function openapiRoutes(app: FastifyInstance, service: PredictionService): void {
  app.get('/openapi.json', (_request, reply) => {
    const { predictor } = service;
    if (predictor !== null) return sendJson(reply, 200, predictor.document);
    const code = service.readiness()?.code ?? 'PAWL_NOT_READY';
    return sendError(reply, new PawlError(code, 'OpenAPI schema not available'));
  });
}
