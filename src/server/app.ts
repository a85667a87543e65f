// The composition root: builds the server's parts, wires them, starts them in order and stops them in reverse.
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Clock, systemClock } from '../base/clock.ts';
import { deferred } from '../base/deferred.ts';
import type { Config } from '../config.ts';
import { PawlError } from '../errors.ts';
import { limit } from '../limits.ts';
import { FileStore } from './files/file-store.ts';
import { OwnFiles } from './files/own-files.ts';
import { Health } from './health/health.ts';
import { Healthcheck } from './health/healthcheck.ts';
import { ReadinessFile } from './health/readiness-file.ts';
import { AuthTokenFile } from './http/access/auth-tokens.ts';
import { OpenAnswers } from './http/open-answers.ts';
import { type ConnectionLimits, connectionLimits } from './http/raw-server.ts';
import { createHttpServer } from './http/server.ts';
import { createLog, type ServerLog } from './observe/log.ts';
import { PredictionService } from './prediction/service.ts';
import { EventStreams } from './stream/event-streams.ts';
import type { Fleet } from './supervisor/fleet.ts';
import { createFleet } from './supervisor/worker-pool.ts';
import { createDelivery } from './upload/create-delivery.ts';
import type { DataUrlForm } from './upload/data-url.ts';
import { InMemoryDelivery } from './upload/in-memory-delivery.ts';
import type { Sender } from './webhook/sender.ts';
import { createWebhooks, type Webhooks } from './webhook/webhooks.ts';
import { ServerDirectory } from './work-directory.ts';

/** Workers and predictions without HTTP. */
export interface Engine {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: ServerLog;
  readonly fleet: Fleet;
  readonly service: PredictionService;
  readonly files: FileStore;
  readonly health: Health;
  readonly webhooks: Webhooks;
  /** Spawns the workers; returns at once. Throws PAWL_WORK_DIR. */
  start(): void;
  /**
   * Drains for `graceMs`, cancels what is left, ends the workers and delivers the last webhooks. May be called again
   * with less patience.
   */
  stop(graceMs?: number): Promise<void>;
}

/** What tests, and the command line, put in place of what a server has. */
export interface EngineParts {
  readonly clock?: Clock;
  readonly log?: ServerLog;
  readonly fleet?: Fleet;
  readonly dataUrls?: DataUrlForm;
  readonly webhookSender?: Sender;
  readonly connectionLimits?: Partial<ConnectionLimits>;
  /** Large outputs stay on disk, unless whoever runs the engine wants to look at them. */
  readonly outputs?: 'on disk' | 'in memory';
}

export function createEngine(config: Config, parts: EngineParts = {}): Engine {
  const clock = parts.clock ?? systemClock;
  const log = parts.log ?? createLog(config.logFormat, config.logLevel);
  const { dataUrls = 'plain' } = parts;
  const directory = new ServerDirectory(config.workDir);
  const fleet = parts.fleet ?? createFleet({ config, clock, logger: log, directory });
  const files = new FileStore({
    clock,
    log,
    directory: () => path.join(directory.path, 'files'),
    fileBytesMax: config.inputFileBytesMax,
    bytesMax: config.storedBytesMax,
    keepMs: config.fileRetentionMs,
  });
  const { mode, retention, queue, cancelKillMs, predictTimeoutMs } = config;
  const outputs = () => path.join(directory.path, 'outputs');
  const inAnswers = createDelivery(config, outputs, { clock, log, dataUrls });
  const delivery =
    parts.outputs === 'in memory' ? new InMemoryDelivery(inAnswers.delivery) : inAnswers.delivery;
  const service = new PredictionService({
    fleet,
    clock,
    log,
    delivery,
    files: new OwnFiles(files),
    mode,
    retention,
    queue,
    cancelKillMs,
    predictTimeoutMs,
    streamHistory: { events: config.streamHistoryEvents, bytes: limit('streamHistoryBytesMax') },
  });
  const webhooks = createWebhooks(config, { clock, log, sender: parts.webhookSender });
  const health = new Health(fleet, service, new Healthcheck(fleet, clock));
  const start = () => {
    fleet.start();
    void directory.sweep(log);
  };
  const stop = async (graceMs = config.shutdownGraceMs) => {
    const deadline = clock.monotonic() + graceMs;
    await service.drain(graceMs);
    // Also what was canceled at the last moment has a webhook that tells so.
    const flushMs = Math.max(deadline - clock.monotonic(), limit('webhookFlushMs'));
    await files.close();
    await Promise.all([fleet.stop(), webhooks.drain(flushMs)]);
    webhooks.close();
    inAnswers.close();
    await directory.remove(log);
  };
  return { config, clock, log, fleet, service, files, health, webhooks, start, stop };
}

/** An engine and its HTTP server. */
export interface App {
  readonly engine: Engine;
  readonly http: FastifyInstance;
  readonly streams: EventStreams;
  /** Listens, then spawns the workers: STARTING is served at once. Resolves with the URL. */
  start(): Promise<string>;
  /** Drains, stops the workers, then stops listening. May be called again with less patience. */
  close(graceMs?: number): Promise<void>;
  /** Resolves when it has been closed, also by POST /shutdown. */
  readonly closed: Promise<void>;
}

export function createApp(config: Config, parts: EngineParts = {}): App {
  const engine = createEngine(config, parts);
  const { service, files, fleet, health, webhooks, clock, log } = engine;
  const closed = deferred();
  let isClosing = false;
  const close = async (graceMs?: number) => {
    readiness?.close();
    const stopped = engine.stop(graceMs);
    if (!isClosing) {
      isClosing = true;
      const ended = stopped
        .then(() => closeHttp(http, answers, clock))
        .then(() => service.close())
        .then(() => log.flush());
      ended.then(closed.resolve, closed.reject);
    }
    await closed.promise;
  };
  const { mode, bodyBytesMax, streamGraceMs, corsOrigins, authTokenFile, readinessFile } = config;
  const streams = new EventStreams({ clock, log, graceMs: streamGraceMs });
  const readiness =
    readinessFile === null ? null : new ReadinessFile(readinessFile, { fleet, health, clock, log });
  const tokens = authTokenFile === null ? null : new AuthTokenFile(authTokenFile, clock, log);
  const limits = { ...connectionLimits(config.requestMs), ...parts.connectionLimits };
  const onShutdown = () => {
    close().catch((error: unknown) => log.error({ error }, 'the server did not stop cleanly'));
  };
  const http = createHttpServer({
    service,
    files,
    health,
    streams,
    webhooks,
    clock,
    log,
    mode,
    bodyBytesMax,
    limits,
    corsOrigins,
    tokens,
    onShutdown,
  });
  const answers = new OpenAnswers(http.server);
  const start = async () => {
    const url = await listen(http, config);
    try {
      readiness?.open();
      engine.start();
    } catch (error) {
      readiness?.close();
      await http.close();
      throw error;
    }
    return url;
  };
  return { engine, http, streams, start, close, closed: closed.promise };
}

async function listen(http: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    await http.listen({ host, port });
  } catch (cause) {
    throw listenError(cause, host, port);
  }
  const address: AddressInfo | string | null = http.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
}

function listenError(cause: unknown, host: string, port: number): PawlError {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : null;
  if (code === 'EADDRINUSE') {
    const message = `Another process listens on ${host}:${port}; choose another --port, 0 takes a free one.`;
    return new PawlError('PAWL_PORT_IN_USE', message, { cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `Cannot listen on --host ${host} --port ${port}: ${reason}.`;
  return new PawlError('PAWL_CANNOT_LISTEN', message, { cause });
}

/** Answers are sent to their last byte, then connections are closed; one still in use has until the limit. */
async function closeHttp(http: FastifyInstance, answers: OpenAnswers, clock: Clock): Promise<void> {
  const timer = clock.after(limit('connectionCloseMs'), () => http.server.closeAllConnections());
  await answers.sent();
  await http.close();
  timer.cancel();
}
