// The webhook that a create request asks for, as observers of its prediction.
import type { IncomingHttpHeaders } from 'node:http';
import type { PredictionObserver } from '../prediction/events.ts';
import { RequestRefused, valueIssue } from '../prediction/refusal.ts';
import type { Webhooks } from '../webhook/webhooks.ts';
import type { PredictionBody } from './prediction-request.ts';
import { traceContext } from './trace-context.ts';

const NOBODY: readonly PredictionObserver[] = [];

/** @throws RequestRefused where webhooks may not go to that URL. */
export function webhookObservers(
  webhook: PredictionBody['webhook'],
  headers: IncomingHttpHeaders,
  webhooks: Webhooks,
): readonly PredictionObserver[] {
  if (webhook === null) return NOBODY;
  const { url, events } = webhook;
  const refusal = webhooks.refusal(url);
  if (refusal !== null) {
    const message = `must be a URL that this server may ask: ${refusal}`;
    throw new RequestRefused('PAWL_REQUEST_INVALID', [valueIssue(['webhook'], message)]);
  }
  return events.length === 0 ? [] : [webhooks.observer({ url, events, trace: traceContext(headers) })];
}
