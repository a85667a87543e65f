// The HTTP server: limits, errors and routes put together. Listens to nothing by itself.
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { limit } from '../../limits.ts';
import type { Mode } from '../../protocol/control-messages.ts';
import type { FileStore } from '../files/file-store.ts';
import type { Health } from '../health/health.ts';
import type { PredictionService } from '../prediction/service.ts';
import { replicateRoutes } from '../replicate/routes.ts';
import type { EventStreams } from '../stream/event-streams.ts';
import type { Webhooks } from '../webhook/webhooks.ts';
import type { AuthTokens } from './access/auth-tokens.ts';
import { requireToken } from './access/bearer-hook.ts';
import { allowOrigins } from './access/cors.ts';
import { hasBody } from './body.ts';
import { sendRefusal } from './early-answer.ts';
import { asRequestError, errorReply } from './error-reply.ts';
import type { LargeBodies } from './large/large-bodies.ts';
import { pathOf, type Unrouted, unroutedBy } from './no-route.ts';
import { type ConnectionLimits, rawServer } from './raw-server.ts';
import { sendError } from './reply.ts';
import { fileRoutes } from './routes/files.ts';
import { healthRoutes } from './routes/health-check.ts';
import { openapiRoutes } from './routes/openapi.ts';
import { predictionRoutes } from './routes/predictions.ts';
import { rootRoute } from './routes/root.ts';
import { shutdownRoute } from './routes/shutdown.ts';
import { RoutesTable } from './routes-table.ts';

export interface HttpParts {
  readonly service: PredictionService;
  readonly files: FileStore;
  readonly health: Health;
  readonly streams: EventStreams;
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  readonly log: Logger;
  readonly mode: Mode;
  readonly bodyBytesMax: number;
  /** Null: every body is taken into memory. */
  readonly largeBodies: LargeBodies | null;
  readonly limits: ConnectionLimits;
  /** Whose pages may use the API; empty: none but our own. */
  readonly corsOrigins: readonly string[];
  /** Null: nobody is asked for a token. */
  readonly tokens: AuthTokens | null;
  /** POST /shutdown was answered. */
  readonly onShutdown: () => void;
}

export function createHttpServer(parts: HttpParts): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: parts.bodyBytesMax,
    // While it drains, the service refuses by itself, in the shape every other refusal has.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // An id that is too long gets its 422 from us; the headers' limit bounds it before.
    routerOptions: { maxParamLength: limit('headerBytesMax') },
    serverFactory: (listener) => rawServer(listener, parts.limits),
    frameworkErrors: (error, _request, reply) => sendError(reply, asRequestError(error)),
  });
  const table = new RoutesTable();
  table.watch(app);
  guard(app, parts);
  takeBodiesRaw(app);
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, parts));
  const unrouted = unroutedBy(table, parts.service);
  refuseUnrouted(app, unrouted);
  registerRoutes(app, parts, unrouted);
  return app;
}

function guard(app: FastifyInstance, { corsOrigins, tokens }: HttpParts): void {
  if (corsOrigins.length > 0) allowOrigins(app, corsOrigins);
  // Not before: a plugin adds its hooks only now, and a preflight request shows no token.
  if (tokens !== null) app.after(() => requireToken(app, tokens));
}

function registerRoutes(app: FastifyInstance, parts: HttpParts, unrouted: Unrouted): void {
  rootRoute(app, parts);
  healthRoutes(app, parts.health);
  openapiRoutes(app, parts.service);
  fileRoutes(app, parts.files);
  shutdownRoute(app, parts.onShutdown);
  if (parts.mode === 'predict') predictionRoutes(app, parts, 'predict');
  predictionRoutes(app, parts, 'train');
  if (parts.mode === 'predict') replicateRoutes(app, { ...parts, unrouted });
}

/** Every body arrives as bytes, whatever its type says; body.ts decides what they are. */
function takeBodiesRaw(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { log, clock }: HttpParts,
): FastifyReply {
  const reason = asRequestError(error);
  if (reason.code === 'PAWL_INTERNAL') {
    log.error(
      { method: request.method, path: pathOf(request), error },
      'a request failed for a defect in Pawl',
    );
  }
  return sendRefusal(request, reply, errorReply(reason), clock);
}

/** A body that no route waits for is not read first. */
function refuseUnrouted(app: FastifyInstance, unrouted: Unrouted): void {
  app.setNotFoundHandler((request, reply) => {
    throw unrouted(request, reply);
  });
  // After the one that asks for a token: nobody else learns which routes there are.
  app.after(() =>
    app.addHook('onRequest', (request, reply, done) =>
      done(request.is404 && hasBody(request.headers) ? unrouted(request, reply) : undefined),
    ),
  );
}
