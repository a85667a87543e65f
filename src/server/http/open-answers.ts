// The answers that are on their way to clients, so that a server which stops can wait for their last byte. Node closes a
// connection as idle as soon as its answer is complete, sent or not.
import type { Server, ServerResponse } from 'node:http';
import { type Deferred, deferred } from '../../base/deferred.ts';

export class OpenAnswers {
  readonly #open = new Set<ServerResponse>();
  #waiting: Deferred<void> | null = null;

  constructor(server: Server) {
    const closed = (response: ServerResponse) => this.#closed(response);
    // One function for all answers: two closures less for each.
    const onClose = function (this: ServerResponse) {
      closed(this);
    };
    server.prependListener('request', (_request, response: ServerResponse) => {
      this.#open.add(response);
      response.on('close', onClose);
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
