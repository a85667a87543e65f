// The answers that are on their way to clients, so that a server which stops can wait for their last byte. Node closes a
// connection as idle as soon as its answer is complete, sent or not.
import type { Server, ServerResponse } from 'node:http';
import { type Deferred, deferred } from '../../base/deferred.ts';

export class OpenAnswers {
  readonly #open = new Set<ServerResponse>();
  #waiting: Deferred<void> | null = null;

  constructor(server: Server) {
    server.prependListener('request', (_request, response: ServerResponse) => {
      this.#open.add(response);
      response.once('close', () => this.#closed(response));
    });
  }

  /** Resolves when there is none: each is sent, or its client is gone. */
  sent(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    this.#waiting ??= deferred();
    return this.#waiting.promise;
  }

  #closed(response: ServerResponse): void {
    this.#open.delete(response);
    if (this.#open.size > 0) return;
    this.#waiting?.resolve();
    this.#waiting = null;
  }
}
