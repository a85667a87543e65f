// An engine and its HTTP server: wired, started and stopped together.
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../base/clock.ts';
import { deferred } from '../base/deferred.ts';
import type { Config } from '../config.ts';
import { PawlError } from '../errors.ts';
import { limit } from '../limits.ts';
import type { Engine } from './engine.ts';
import { ReadinessFile } from './health/readiness-file.ts';
import { AuthTokenFile } from './http/access/auth-tokens.ts';
import { BodyChecker } from './http/large/body-checker.ts';
import { LargeBodies } from './http/large/large-bodies.ts';
import { OpenAnswers } from './http/open-answers.ts';
import { type ConnectionLimits, connectionLimits } from './http/raw-server.ts';
import { createHttpServer } from './http/server.ts';
import { EventStreams } from './stream/event-streams.ts';

export interface App {
  readonly engine: Engine;
  readonly http: FastifyInstance;
  readonly streams: EventStreams;
  /** Spawns the workers and listens: STARTING is served at once. Resolves with the URL; stops all where it cannot. */
  start(): Promise<string>;
  /** Drains, stops the workers, then stops listening. May be called again with less patience. */
  close(graceMs?: number): Promise<void>;
  /** Resolves when it has been closed, also by POST /shutdown. */
  readonly closed: Promise<void>;
}

export function createApp(engine: Engine, tighter: Partial<ConnectionLimits> = {}): App {
  const { config, service, files, fleet, health, webhooks, clock, log } = engine;
  const closed = deferred();
  let isClosing = false;
  const close = async (graceMs?: number) => {
    readiness?.close();
    largeBodies.close();
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
  const checker = new BodyChecker({ clock, log });
  const largeBodies = new LargeBodies({ checker, directory: engine.bodyDirectory, bodyBytesMax });
  const streams = new EventStreams({ clock, log, graceMs: streamGraceMs });
  const readiness =
    readinessFile === null ? null : new ReadinessFile(readinessFile, { fleet, health, clock, log });
  const tokens = authTokenFile === null ? null : new AuthTokenFile(authTokenFile, clock, log);
  const limits = { ...connectionLimits(config.requestMs), ...tighter };
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
    largeBodies,
    limits,
    corsOrigins,
    tokens,
    onShutdown,
  });
  const answers = new OpenAnswers(http.server);
  const start = async () => {
    try {
      engine.start();
      const url = await listen(http, config);
      readiness?.open();
      return url;
    } catch (error) {
      await close(0).catch(() => undefined);
      throw error;
    }
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
