// GET /: which paths exist.
import type { FastifyInstance } from 'fastify';
import { COGLET_VERSION, PAWL_VERSION } from '../../../version.ts';
import type { PredictionService } from '../../prediction/service.ts';
import { sendJson } from '../reply.ts';

export function rootRoute(app: FastifyInstance, { service }: { readonly service: PredictionService }): void {
  app.get('/', (_request, reply) => {
    const predictions = {
      predictions_url: '/predictions',
      predictions_idempotent_url: '/predictions/{prediction_id}',
      predictions_cancel_url: '/predictions/{prediction_id}/cancel',
    };
    const trainings = {
      trainings_url: '/trainings',
      trainings_idempotent_url: '/trainings/{training_id}',
      trainings_cancel_url: '/trainings/{training_id}/cancel',
    };
    sendJson(reply, 200, {
      cog_version: COGLET_VERSION,
      pawl_version: PAWL_VERSION,
      openapi_url: '/openapi.json',
      shutdown_url: '/shutdown',
      healthcheck_url: '/health-check',
      ...(service.offers('predict') === true ? predictions : {}),
      ...(service.offers('train') === true ? trainings : {}),
    });
  });
}
