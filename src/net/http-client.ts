// One HTTP request to a URL that a client named, through the guard. Owns the connections; the deadline is the
// caller's signal. Never follows a redirect: see follow.ts.
//
// node:http rather than fetch, because only a socket's own look-up can say which address it connects to. What is
// needed is taken at import: a predictor that replaces http.request later does not change how Pawl's requests go.
import * as http from 'node:http';
import * as https from 'node:https';
import type { Clock } from '../base/clock.ts';
import { limit } from '../limits.ts';
import { bareHost } from './host-pattern.ts';
import { UrlRefused } from './net-failure.ts';
import type { UrlGuard } from './url-guard.ts';

// Below the idle time of common servers, so that a connection is rarely found closed when it is used again.
const IDLE_MS = 4_000;
const IDLE_MAX = 64;

const senders = { 'http:': http.request, 'https:': https.request };

/** A body that is too large for memory: opened anew for every connection that needs it. */
export interface BodySource {
  readonly bytes: number;
  /** A piece is its owner's again when the next one is asked for. */
  open(): AsyncIterable<Buffer>;
}

export interface HttpCall {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: { readonly [name: string]: string };
  readonly body: Buffer | BodySource | null;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly response: http.IncomingMessage;
  /** Lets go of the body: reads a little of it to keep the connection, and cuts that where there is more. */
  discard(): void;
}

export class HttpClient {
  readonly #guard: UrlGuard;
  readonly #clock: Clock;
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };

  constructor(guard: UrlGuard, clock: Clock) {
    this.#guard = guard;
    this.#clock = clock;
    const options = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: IDLE_MAX };
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  }

  /** Why no request goes to this URL, as the end of a sentence; null as long as only a look-up could tell. */
  refusal(url: URL): string | null {
    return this.#guard.refusal(url);
  }

  /**
   * Resolves with the head of the answer; its body is the caller's to read or to discard. Rejects with UrlRefused, or
   * with what the socket or the signal says.
   */
  async request(call: HttpCall): Promise<HttpAnswer> {
    const refusal = this.#guard.refusal(call.url);
    if (refusal !== null) throw new UrlRefused(refusal);
    try {
      return await this.#send(call, 'pooled');
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return await this.#send(call, 'fresh');
    }
  }

  /** Ends every connection, in use or not. */
  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #send(call: HttpCall, connection: 'pooled' | 'fresh'): Promise<HttpAnswer> {
    const { url, method, headers, body, signal } = call;
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    const length = body === null ? {} : { 'content-length': String(lengthOf(body)) };
    return new Promise((resolve, reject) => {
      const request = senders[protocol]({
        protocol,
        hostname: bareHost(url),
        port: url.port,
        path: `${url.pathname}${url.search}`,
        method,
        headers: { ...headers, ...length, host: url.host },
        signal,
        agent: connection === 'pooled' ? this.#agents[protocol] : false,
        lookup: this.#guard.lookup(url),
      });
      request.on('response', (response) => {
        // An answer that breaks off is told to whoever reads it; nobody may be reading any more.
        response.on('error', () => {});
        resolve({ response, discard: () => this.#discard(request, response) });
      });
      request.on('error', (error) => {
        const isStale = request.reusedSocket && !signal.aborted && connection === 'pooled';
        reject(isStale && isClosedByPeer(error) ? new StaleConnection() : error);
      });
      // For instance an answer that switches protocols.
      request.on('close', () => reject(Object.assign(new Error('no answer'), { code: 'ECONNRESET' })));
      if (body === null || Buffer.isBuffer(body)) request.end(body);
      else void sendPieces(request, body);
    });
  }

  #discard(request: http.ClientRequest, response: http.IncomingMessage): void {
    // A large body is still on its way to a server that has answered already.
    if (!request.writableEnded) return void request.destroy();
    let bytes = 0;
    // Also where the server has answered without reading the request to its end.
    const timer = this.#clock.after(limit('discardMs'), () => request.destroy());
    request.on('close', () => timer.cancel());
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit('discardBytesMax')) request.destroy();
    });
  }
}

/** What goes wrong is told by the request. */
async function sendPieces(request: http.ClientRequest, body: BodySource): Promise<void> {
  try {
    for await (const piece of body.open()) await written(request, piece);
    request.end();
  } catch (error) {
    request.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Resolves when the operating system has taken the piece. */
function written(request: http.ClientRequest, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error('the connection was closed'));
    request.once('close', closed);
    request.write(piece, (error) => {
      request.off('close', closed);
      if (error) reject(error);
      else resolve();
    });
    if (request.destroyed) closed();
  });
}

function lengthOf(body: Buffer | BodySource): number {
  return Buffer.isBuffer(body) ? body.length : body.bytes;
}

/** The server had closed an idle connection just when it was used again. */
class StaleConnection extends Error {}

function isClosedByPeer(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}
