// The API that Replicate's own client speaks, under /v1. The predictions are the same as outside; only the words differ.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isObject } from '../../base/json.ts';
import type { Logger } from '../../base/log.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type { AuthTokens } from '../http/access/auth-tokens.ts';
import { OPEN } from '../http/access/bearer-hook.ts';
import { awaitEnd, held } from '../http/await-end.ts';
import { baseUrl } from '../http/base-url.ts';
import { sendRefusal } from '../http/early-answer.ts';
import { asRequestError } from '../http/error-reply.ts';
import { answerEventStream, answerEventStreamHead, lastEventId } from '../http/event-stream-reply.ts';
import { ignoreBodyType } from '../http/ignore-body-type.ts';
import type { Unrouted } from '../http/no-route.ts';
import { predictionList } from '../http/prediction-list.ts';
import { type PredictionBody, readPredictionBody } from '../http/prediction-request.ts';
import { createOptions, receiveBody, takeForms } from '../http/receive-body.ts';
import { sendJson } from '../http/reply.ts';
import { responseMode } from '../http/response-mode.ts';
import { fileRoutes } from '../http/routes/files.ts';
import type { PredictionRouteParts } from '../http/routes/predictions.ts';
import { submissionOf } from '../http/submission.ts';
import type { Prediction } from '../prediction/prediction.ts';
import { predictionId } from '../prediction/prediction-id.ts';
import { type ModelName, PredictionViews } from './prediction-view.ts';
import { problemReply } from './problem.ts';
import { REPLICATE_DIALECT } from './stream-dialect.ts';
import { StreamKeys } from './stream-keys.ts';

const PREFIX = '/v1';

export interface ReplicateParts extends PredictionRouteParts {
  readonly log: Logger;
  readonly unrouted: Unrouted;
  /** Null: nobody is asked for a token. */
  readonly tokens: AuthTokens | null;
}

export function replicateRoutes(app: FastifyInstance, parts: ReplicateParts): void {
  const routes = new ReplicateRoutes(parts);
  app.register(
    (scope, _options, done) => {
      scope.setErrorHandler((error, request, reply) => {
        const reason = asRequestError(error);
        if (reason.code === 'PAWL_INTERNAL')
          parts.log.error({ error }, 'a request failed for a defect in Pawl');
        return sendRefusal(request, reply, problemReply(reason), parts.clock);
      });
      scope.setNotFoundHandler((request, reply) => {
        throw parts.unrouted(request, reply);
      });
      takeForms(scope);
      fileRoutes(scope, parts.files, baseOf);
      const creates = createOptions(parts);
      scope.post('/predictions', creates, (request, reply) => routes.create(request, reply));
      scope.get('/predictions', (request, reply) => routes.list(request, reply));
      for (const owned of ['models', 'deployments']) {
        scope.post(`/${owned}/:owner/:name/predictions`, creates, (request, reply) =>
          routes.create(request, reply),
        );
      }
      scope.get('/predictions/:id', (request, reply) => routes.get(request, reply));
      scope.get('/predictions/:id/stream', { ...OPEN, exposeHeadRoute: false }, (request, reply) =>
        routes.stream(request, reply),
      );
      // Fastify's own answer to HEAD would read the stream to its end.
      scope.head('/predictions/:id/stream', OPEN, (request, reply) => routes.streamHead(request, reply));
      scope.post('/predictions/:id/cancel', { onRequest: ignoreBodyType }, (request, reply) =>
        routes.cancel(request, reply),
      );
      done();
    },
    { prefix: PREFIX },
  );
}

class ReplicateRoutes {
  readonly #parts: ReplicateParts;
  readonly #keys: StreamKeys | null;
  readonly #views: PredictionViews;

  constructor(parts: ReplicateParts) {
    this.#parts = parts;
    this.#keys = parts.tokens === null ? null : new StreamKeys();
    this.#views = new PredictionViews(this.#keys);
  }

  /** Answers at once, unless the client prefers to wait; its leaving cancels nothing. */
  async create(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    using received = await receiveBody(request, this.#parts, 'predict');
    const body = readPredictionBody(received.fields);
    const { service, webhooks, clock } = this.#parts;
    const prediction = await service.submit(submissionOf(request, body, 'predict', webhooks));
    this.#views.named(prediction, nameOf(request, body));
    using _held = held(prediction);
    const how = responseMode({ prefer: request.headers.prefer });
    if (how.kind === 'wait' && how.preferred !== 'nothing') {
      const waitMs = Math.min(how.waitMs ?? limit('replicateWaitMs'), limit('replicateWaitMs'));
      if ((await awaitEnd(prediction, reply.raw, waitMs, clock)) === 'gone') return reply.hijack();
    }
    return sendJson(reply, 201, this.#unfinishedAsStarting(prediction, request));
  }

  list(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const base = baseOf(request);
    const show = (prediction: Prediction) => this.#views.view(prediction, base);
    return sendJson(reply, 200, predictionList(this.#parts.service, 'predict', request, show));
  }

  get(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return sendJson(reply, 200, this.#views.view(this.#known(request), baseOf(request)));
  }

  /** The state as it is then; one that has ended stays as it ended. */
  cancel(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const prediction = this.#known(request);
    prediction.cancel();
    return sendJson(reply, 200, this.#views.view(prediction, baseOf(request)));
  }

  stream(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const prediction = this.#streamed(request);
    const reader = this.#parts.streams.open(prediction, lastEventId(request), REPLICATE_DIALECT);
    return answerEventStream(reply, reader);
  }

  streamHead(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    this.#streamed(request);
    return answerEventStreamHead(reply);
  }

  #streamed(request: FastifyRequest): Prediction {
    this.#requireKey(request);
    const prediction = this.#known(request);
    if (prediction.journal !== null) return prediction;
    throw new PawlError('PAWL_NOT_ACCEPTABLE', 'This predictor has no event streams.');
  }

  #requireKey(request: FastifyRequest): void {
    const { tokens } = this.#parts;
    if (tokens === null || tokens.accepts(request.headers.authorization)) return;
    const key = new URL(request.url, baseUrl(request)).searchParams.get('key') ?? '';
    if (this.#keys?.accepts(parameter(request, 'id'), key) === true) return;
    const message = 'Use the URL of the stream as it stands in `urls.stream`, or send a bearer token.';
    throw new PawlError('PAWL_UNAUTHORIZED', message);
  }

  #known(request: FastifyRequest): Prediction {
    const text = parameter(request, 'id');
    const id = predictionId(text);
    const prediction = id === null ? null : this.#parts.service.find('predict', id);
    if (prediction !== null) return prediction;
    const shown = JSON.stringify(text.slice(0, 128));
    throw new PawlError('PAWL_PREDICTION_NOT_FOUND', `No prediction with the id ${shown} is known.`);
  }

  /** The client takes any other status for the end. */
  #unfinishedAsStarting(prediction: Prediction, request: FastifyRequest): object {
    const view = this.#views.view(prediction, baseOf(request));
    return prediction.isTerminal ? view : { ...view, status: 'starting' };
  }
}

function nameOf(request: FastifyRequest, { version }: PredictionBody): Partial<ModelName> {
  const { params } = request;
  const named = version === null ? {} : { version };
  if (!isObject(params) || !('owner' in params)) return named;
  return { model: `${parameter(request, 'owner')}/${parameter(request, 'name')}`, ...named };
}

function parameter({ params }: FastifyRequest, name: string): string {
  const value = isObject(params) ? params[name] : null;
  return typeof value === 'string' ? value : '';
}

/** Where the client has reached this API; what it is told to ask next has to be reachable the same way. */
function baseOf(request: FastifyRequest): string {
  return `${baseUrl(request)}${PREFIX}`;
}
