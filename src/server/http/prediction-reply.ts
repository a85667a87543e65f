// A prediction as the answer to the request that created it or attached to it.
import type { FastifyReply } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { Prediction } from '../prediction/prediction.ts';
import { predictionObject } from '../prediction/prediction-object.ts';
import { type Issue, RequestRefused, valueIssue } from '../prediction/refusal.ts';
import type { PredictionService } from '../prediction/service.ts';
import { awaitEnd } from './await-end.ts';
import { sendJson } from './reply.ts';
import type { ResponseMode } from './response-mode.ts';

export interface ReplyParts {
  readonly service: PredictionService;
  readonly clock: Clock;
}

export async function answerCreated(
  reply: FastifyReply,
  prediction: Prediction,
  how: ResponseMode,
  { service, clock }: ReplyParts,
): Promise<FastifyReply> {
  if (how.kind === 'async') return sendJson(reply, 202, { id: prediction.id, status: 'starting' });
  const waitMs = how.kind === 'wait' ? how.waitMs : null;
  const waited = await awaitEnd(prediction, reply.raw, waitMs, clock);
  if (waited === 'ended') return answerEnded(reply, prediction, service);
  if (waited === 'gone') {
    prediction.cancel();
    return reply.hijack();
  }
  // Whatever it is doing by now: clients take any status but this one for the end.
  return sendJson(reply, 202, { ...predictionObject(prediction, 'create'), status: 'starting' });
}

/** To a PUT with the id of a prediction that exists: its state, without waiting. */
export function answerAttached(reply: FastifyReply, prediction: Prediction): FastifyReply {
  return sendJson(reply, prediction.isTerminal ? 200 : 202, predictionObject(prediction, 'full'));
}

function answerEnded(reply: FastifyReply, prediction: Prediction, service: PredictionService): FastifyReply {
  const { failure } = prediction;
  if (failure?.code === 'PAWL_INPUT_INVALID') {
    // Refused, only later than by the server's own check: the id stays free for a better input.
    service.forget(prediction);
    throw new RequestRefused('PAWL_INPUT_INVALID', workerIssues(failure.issues, failure.text));
  }
  return sendJson(reply, 200, predictionObject(prediction, 'create'));
}

function workerIssues(
  issues: readonly { readonly path: readonly (string | number)[]; readonly message: string }[],
  text: string,
): Issue[] {
  if (issues.length === 0) return [valueIssue(['input', '__root__'], text)];
  return issues.map(({ path, message }) =>
    valueIssue(path.length === 0 ? ['input', '__root__'] : ['input', ...path], message),
  );
}
