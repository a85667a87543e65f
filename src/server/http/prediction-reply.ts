// A prediction as the answer to the request that created it or attached to it.
import type { FastifyReply } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { Prediction } from '../prediction/prediction.ts';
import {
  type Detail,
  type PredictionObject,
  predictionObject,
  queueFields,
} from '../prediction/prediction-object.ts';
import { type Issue, RequestRefused, valueIssue } from '../prediction/refusal.ts';
import type { PredictionService } from '../prediction/service.ts';
import { awaitEnd, held, whenEnded } from './await-end.ts';
import { sendJson } from './reply.ts';
import { preferenceApplied, type ResponseMode } from './response-mode.ts';

export interface ReplyParts {
  readonly service: PredictionService;
  readonly clock: Clock;
}

/** Sends the answer, now or when there is one. Without a promise: this is the way of every prediction. */
export function answerCreated(
  reply: FastifyReply,
  prediction: Prediction,
  how: ResponseMode,
  { service, clock }: ReplyParts,
): undefined {
  if (how.kind !== 'wait') {
    const { id } = prediction;
    sendAs(reply, 202, { id, status: 'starting', ...queueFields(prediction) }, how);
    return;
  }
  const wait = { prediction, response: reply.raw, waitMs: how.waitMs, clock };
  whenEnded(wait, (waited) => {
    try {
      if (waited === 'ended') answerEnded(reply, prediction, how, service);
      else if (waited === 'expired') sendAs(reply, 202, unfinished(prediction, 'create'), how);
      else {
        reply.hijack();
        // Nobody waits for the result any more, unless the client said that it would not.
        if (how.preferred !== 'respond-async') prediction.cancel();
      }
    } catch (error) {
      reply.send(error);
    }
  });
}

/**
 * To a PUT with the id of a prediction that exists: its state, as in Cog without waiting, unless the client prefers
 * to wait. Its leaving cancels nothing: the prediction is another request's.
 */
export async function answerAttached(
  reply: FastifyReply,
  prediction: Prediction,
  how: ResponseMode,
  { clock }: ReplyParts,
): Promise<FastifyReply> {
  if (how.kind === 'wait' && how.preferred !== 'nothing') {
    using _held = held(prediction);
    const waited = await awaitEnd(prediction, reply.raw, how.waitMs, clock);
    if (waited === 'gone') return reply.hijack();
    if (waited === 'expired') return sendAs(reply, 202, unfinished(prediction, 'full'), how);
    return sendAs(reply, 200, predictionObject(prediction, 'full'), how);
  }
  return sendJson(reply, prediction.isTerminal ? 200 : 202, predictionObject(prediction, 'full'));
}

function answerEnded(
  reply: FastifyReply,
  prediction: Prediction,
  how: ResponseMode,
  service: PredictionService,
): FastifyReply {
  const { failure } = prediction;
  if (failure?.code === 'PAWL_INPUT_INVALID') {
    // Refused, only later than by the server's own check: the id stays free for a better input.
    service.forget(prediction);
    throw new RequestRefused('PAWL_INPUT_INVALID', workerIssues(failure.issues, failure.text));
  }
  return sendAs(reply, 200, predictionObject(prediction, 'create'), how);
}

/** Whatever it is doing by now: clients take any status but this one for the end. */
function unfinished(prediction: Prediction, detail: Detail): PredictionObject {
  return { ...predictionObject(prediction, detail), status: 'starting' };
}

function sendAs(reply: FastifyReply, status: 200 | 202, body: object, how: ResponseMode): FastifyReply {
  const applied = preferenceApplied(how, status === 200 ? 'ended' : 'goes on');
  if (applied !== null) reply.header('preference-applied', applied);
  return sendJson(reply, status, body);
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
