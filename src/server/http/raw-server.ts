// The HTTP server below Fastify: what it takes from a connection before there is a request, and for how long.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
} from 'node:http';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { continueWhenRead } from './expect-continue.ts';
import { answerResponse, answerSocket, malformed } from './raw-reply.ts';

/** Bounds on what a client can hold by being slow. */
export interface ConnectionLimits {
  /** For the headers of one request. */
  readonly headersMs: number;
  /** For one request with its body. */
  readonly requestMs: number;
  /** Without the client taking a byte of its answer. */
  readonly answerStallMs: number;
  readonly connectionsMax: number;
}

export function connectionLimits(requestMs: number): ConnectionLimits {
  return {
    headersMs: Math.min(limit('headersReceiveMs'), requestMs),
    requestMs,
    answerStallMs: limit('answerStallMs'),
    connectionsMax: limit('connectionsMax'),
  };
}

// Node looks for late requests this often; its own default would let one be half a minute late.
const CHECKS_PER_LIMIT = 20;
const CHECK_MS_MAX = 1_000;

export function rawServer(listener: RequestListener, limits: ConnectionLimits): Server {
  const take: RequestListener = (request, response) => {
    const error = malformed(request);
    if (error === null) listener(request, response);
    else answerResponse(response, error);
  };
  const server = createServer(
    {
      ServerResponse: answersWithin(limits.answerStallMs),
      requestTimeout: limits.requestMs,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: Math.min(CHECK_MS_MAX, Math.ceil(limits.headersMs / CHECKS_PER_LIMIT)),
      keepAliveTimeout: limit('keepAliveMs'),
      maxHeaderSize: limit('headerBytesMax'),
      // Node would answer with an empty body.
      requireHostHeader: false,
    },
    take,
  );
  server.maxConnections = limits.connectionsMax;
  server.on('clientError', (error, socket) => answerSocket(socket, error));
  server.on('checkContinue', (request, response) => {
    continueWhenRead(request, response);
    take(request, response);
  });
  server.on('checkExpectation', (request, response) => {
    const message = `The expectation ${JSON.stringify(request.headers.expect)} cannot be met.`;
    answerResponse(response, new PawlError('PAWL_BAD_REQUEST', message));
  });
  server.on('connect', (_request, socket) => {
    answerSocket(socket, new PawlError('PAWL_METHOD_NOT_ALLOWED', 'CONNECT is not a method of this server.'));
  });
  return server;
}

/**
 * Answers whose connection is cut when their client takes no byte for so long: counted from when some of an answer has
 * to wait for its client, which for most is never. Node takes the time off the connection again once all is sent.
 */
function answersWithin(ms: number): typeof ServerResponse {
  return class<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
    #isTimed = false;

    override write(...args: unknown[]): boolean {
      const mayGoOn: unknown = Reflect.apply(super.write, this, args);
      this.#timeReader();
      return mayGoOn === true;
    }

    override end(...args: unknown[]): this {
      Reflect.apply(super.end, this, args);
      this.#timeReader();
      return this;
    }

    #timeReader(): void {
      if (this.#isTimed || (this.socket !== null && this.socket.writableLength === 0)) return;
      this.#isTimed = true;
      this.setTimeout(ms);
    }
  };
}
