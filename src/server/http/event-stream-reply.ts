// An event stream as an HTTP answer. What is in it, and when it ends, is the reader's business.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PawlError } from '../../errors.ts';
import type { Prediction } from '../prediction/prediction.ts';
import type { Attached } from '../prediction/service.ts';
import type { EventReader } from '../stream/event-reader.ts';
import type { EventStreams } from '../stream/event-streams.ts';

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  // Proxies that gather answers, nginx for one, pass this one on as it comes.
  'x-accel-buffering': 'no',
};

/** Answers with the events of a prediction that `take` creates, from the first on, or that it finds. */
export async function answerStreamed(
  request: FastifyRequest,
  reply: FastifyReply,
  streams: EventStreams,
  take: (onCreated: (prediction: Prediction) => void) => Promise<Attached>,
): Promise<FastifyReply> {
  const created: (EventReader | null)[] = [];
  const { prediction, isNew } = await take((own) => created.push(streams.openFirst(own)));
  if (prediction.journal === null) throw noEventStream('predictor');
  const reader = isNew ? (created[0] ?? null) : streams.open(prediction, lastEventId(request));
  return answerEventStream(reply, reader);
}

/** Null: the client has seen the last event. No content is what tells an EventSource not to come again. */
export function answerEventStream(reply: FastifyReply, reader: EventReader | null): FastifyReply {
  if (reader === null) return reply.code(204).send();
  return reply.code(200).headers(HEADERS).send(reader);
}

/** The answer to HEAD: what GET would say, without reading anything. */
export function answerEventStreamHead(reply: FastifyReply): FastifyReply {
  return reply.code(200).headers(HEADERS).send();
}

export function lastEventId(request: FastifyRequest): string | null {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' ? id : null;
}

/** Cog's words. */
export function noEventStream(of: 'predictor' | 'trainings'): PawlError {
  const text =
    of === 'trainings'
      ? 'Training endpoints do not support streaming responses.'
      : 'This model does not support streaming responses. Add @cog.streaming to predict() to enable SSE.';
  return new PawlError('PAWL_NOT_ACCEPTABLE', text);
}
