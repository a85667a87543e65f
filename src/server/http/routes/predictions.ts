// The routes of predictions and, with other words in them, of trainings.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../../base/clock.ts';
import { PawlError } from '../../../errors.ts';
import type { Mode } from '../../../protocol/control-messages.ts';
import type { PredictionId } from '../../../protocol/ids.ts';
import type { FileStore } from '../../files/file-store.ts';
import { NOUN } from '../../prediction/noun.ts';
import type { Prediction } from '../../prediction/prediction.ts';
import { ID_RULE, predictionId } from '../../prediction/prediction-id.ts';
import { predictionObject } from '../../prediction/prediction-object.ts';
import { RequestRefused, valueIssue } from '../../prediction/refusal.ts';
import type { PredictionService } from '../../prediction/service.ts';
import type { EventStreams } from '../../stream/event-streams.ts';
import type { Webhooks } from '../../webhook/webhooks.ts';
import {
  answerEventStream,
  answerEventStreamHead,
  answerStreamed,
  lastEventId,
  noEventStream,
} from '../event-stream-reply.ts';
import { ignoreBodyType } from '../ignore-body-type.ts';
import type { LargeBodies } from '../large/large-bodies.ts';
import { noRoute } from '../no-route.ts';
import { predictionList } from '../prediction-list.ts';
import { answerAttached, answerCreated } from '../prediction-reply.ts';
import { type PredictionBody, readPredictionBody } from '../prediction-request.ts';
import { createOptions, fieldsHere, receiveBody, takeForms } from '../receive-body.ts';
import { sendJson } from '../reply.ts';
import { type ResponseMode, responseMode } from '../response-mode.ts';
import { type Handler, takeSmallBody } from '../small-body.ts';
import { submissionOf } from '../submission.ts';

export interface PredictionRouteParts {
  readonly service: PredictionService;
  readonly streams: EventStreams;
  readonly files: FileStore;
  readonly bodyBytesMax: number;
  readonly largeBodies: LargeBodies | null;
  readonly webhooks: Webhooks;
  readonly clock: Clock;
}

export function predictionRoutes(app: FastifyInstance, parts: PredictionRouteParts, mode: Mode): void {
  const routes = new PredictionRoutes(parts, mode);
  const base = `/${NOUN[mode]}s`;
  const one = `${base}/:id`;
  app.register((scope, _options, done) => {
    takeForms(scope);
    // Only whether there are trainings is known as late as the predictor.
    if (mode === 'train')
      scope.addHook('onRequest', (_request, _reply, next) => next(routes.missing() ?? undefined));
    const create: Handler = (request, reply) => routes.create(request, reply);
    const createOrAttach: Handler = (request, reply) => routes.createOrAttach(request, reply);
    const creates = (handler: Handler) => ({
      ...createOptions(parts),
      onRequest: takeSmallBody(handler, parts.bodyBytesMax),
    });
    scope.post(base, creates(create), create);
    scope.get(base, (request, reply) => routes.list(request, reply));
    scope.put(one, creates(createOrAttach), createOrAttach);
    scope.get(one, (request, reply) => routes.get(request, reply));
    scope.get(`${one}/stream`, { exposeHeadRoute: false }, (request, reply) =>
      answerEventStream(reply, parts.streams.open(routes.streamed(request), lastEventId(request))),
    );
    // Fastify's own answer to HEAD would read the stream to its end.
    scope.head(`${one}/stream`, (request, reply) => {
      routes.streamed(request);
      return answerEventStreamHead(reply);
    });
    scope.post(`${one}/cancel`, { onRequest: ignoreBodyType }, (request, reply) =>
      routes.cancel(request, reply),
    );
    done();
  });
}

type Fields = Record<string, unknown>;
/** Undefined: it is sent, now or when there is one. */
type Answering = Promise<FastifyReply> | undefined;

class PredictionRoutes {
  readonly #parts: PredictionRouteParts;
  readonly #mode: Mode;

  constructor(parts: PredictionRouteParts, mode: Mode) {
    this.#parts = parts;
    this.#mode = mode;
  }

  /** Why these routes are not there; null when they are. */
  missing(): PawlError | null {
    const { service } = this.#parts;
    const offered = service.offers(this.#mode);
    if (offered === true) return null;
    const refusal = offered === null ? service.readiness() : null;
    return refusal ?? new PawlError('PAWL_NOT_FOUND', `This predictor has no ${NOUN[this.#mode]}s.`);
  }

  create(request: FastifyRequest, reply: FastifyReply): Answering {
    return this.#withFields(request, reply, (fields) => this.#create(request, reply, fields));
  }

  #create(request: FastifyRequest, reply: FastifyReply, fields: Fields): Answering {
    const { body, how } = this.#read(request, fields);
    const { service, streams } = this.#parts;
    const submission = submissionOf(request, body, this.#mode, this.#parts.webhooks);
    if (how.kind === 'stream') {
      return answerStreamed(request, reply, streams, async (onCreated) => ({
        prediction: service.take({ ...submission, onCreated }),
        isNew: true,
      }));
    }
    return answerCreated(reply, service.take(submission), how, this.#parts);
  }

  createOrAttach(request: FastifyRequest, reply: FastifyReply): Answering {
    return this.#withFields(request, reply, (fields) => this.#createOrAttach(request, reply, fields));
  }

  #createOrAttach(request: FastifyRequest, reply: FastifyReply, fields: Fields): Answering {
    const { body, how } = this.#read(request, fields);
    const id = this.#urlId(request);
    if (body.id !== null && body.id !== id) {
      const message = `${NOUN[this.#mode]} ID must match the ID supplied in the URL`;
      throw new RequestRefused('PAWL_REQUEST_INVALID', [valueIssue(['id'], message)]);
    }
    const { service, streams } = this.#parts;
    const submission = { ...submissionOf(request, body, this.#mode, this.#parts.webhooks), id };
    if (how.kind === 'stream') {
      return answerStreamed(request, reply, streams, (onCreated) =>
        service.submitOrAttach({ ...submission, onCreated }),
      );
    }
    const { prediction, isNew } = service.takeOrAttach(submission);
    const answer = isNew ? answerCreated : answerAttached;
    return answer(reply, prediction, how, this.#parts);
  }

  get(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const id = predictionId(idParameter(request));
    const prediction = id === null ? null : this.#parts.service.find(this.#mode, id);
    if (prediction === null) throw this.#unknown(request);
    return sendJson(reply, 200, predictionObject(prediction, 'full'));
  }

  /** The prediction whose events are asked for. */
  streamed(request: FastifyRequest): Prediction {
    if (this.#mode === 'train') throw noEventStream('trainings');
    const id = predictionId(idParameter(request));
    const prediction = id === null ? null : this.#parts.service.find(this.#mode, id);
    if (prediction === null) throw this.#parts.service.readiness() ?? this.#unknown(request);
    if (prediction.journal === null) throw noEventStream('predictor');
    return prediction;
  }

  list(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const show = (prediction: Prediction) => predictionObject(prediction, 'full');
    return sendJson(reply, 200, predictionList(this.#parts.service, this.#mode, request, show));
  }

  cancel(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const id = predictionId(idParameter(request));
    const prediction = id === null ? null : this.#parts.service.cancel(this.#mode, id);
    if (prediction === null) throw this.#unknown(request);
    return sendJson(reply, 200, predictionObject(prediction, 'full'));
  }

  /** Calls `answer` with the fields of the body: at once where it is small, else once it was received. */
  #withFields(
    request: FastifyRequest,
    reply: FastifyReply,
    answer: (fields: Fields) => Answering,
  ): Answering {
    const fields = fieldsHere(request, this.#parts);
    return fields === null ? this.#receive(request, reply, answer) : answer(fields);
  }

  async #receive(
    request: FastifyRequest,
    reply: FastifyReply,
    answer: (fields: Fields) => Answering,
  ): Promise<FastifyReply> {
    using received = await receiveBody(request, this.#parts, this.#mode);
    await answer(received.fields);
    // Settles when it is sent.
    return reply;
  }

  #read(
    request: FastifyRequest,
    fields: Fields,
  ): { readonly body: PredictionBody; readonly how: ResponseMode } {
    const body = readPredictionBody(fields);
    const how = responseMode(request.headers);
    if (how.kind === 'stream') this.#requireStreams();
    return { body, how };
  }

  #requireStreams(): void {
    if (this.#mode === 'train') throw noEventStream('trainings');
    const { service } = this.#parts;
    // A server that is starting does not know yet whether its predictor streams.
    if (!service.streams) throw service.readiness() ?? noEventStream('predictor');
  }

  #urlId(request: FastifyRequest): PredictionId {
    const id = predictionId(idParameter(request));
    if (id !== null) return id;
    const issue = valueIssue([`${NOUN[this.#mode]}_id`], ID_RULE);
    throw new RequestRefused('PAWL_REQUEST_INVALID', [issue], 'path');
  }

  #unknown(request: FastifyRequest): PawlError {
    const noun = NOUN[this.#mode];
    const id = JSON.stringify(idParameter(request).slice(0, 128));
    const ended = request.method === 'POST' ? 'runs' : 'is known';
    return new PawlError('PAWL_PREDICTION_NOT_FOUND', `No ${noun} with the id ${id} ${ended}.`);
  }
}

function idParameter(request: FastifyRequest): string {
  const { params } = request;
  const id: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, 'id') : null;
  // The router takes `/predictions/` for an empty id; a trailing slash is another path.
  if (typeof id !== 'string' || id === '') throw noRoute(request);
  return id;
}
