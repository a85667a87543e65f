// A create request as what the service takes, for every face of the API.
import type { FastifyRequest } from 'fastify';
import type { Mode } from '../../protocol/control-messages.ts';
import type { Submission } from '../prediction/service.ts';
import type { Webhooks } from '../webhook/webhooks.ts';
import { readCancelAfter } from './cancel-after.ts';
import type { PredictionBody } from './prediction-request.ts';
import { traceContext } from './trace-context.ts';
import { webhookObservers } from './webhook-request.ts';

export function submissionOf(
  { headers }: FastifyRequest,
  { id, input, context, webhook }: PredictionBody,
  mode: Mode,
  webhooks: Webhooks,
): Submission {
  const observers = webhookObservers(webhook, headers, webhooks);
  const trace = traceContext(headers);
  return { id, mode, input, context, observers, trace, cancelAfterMs: readCancelAfter(headers) };
}
