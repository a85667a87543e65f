// The answers that are on their way to clients, so that a server which stops can wait for their last byte. Node closes a
// connection as idle as soon as its answer is complete, sent or not.
import type { Server, ServerResponse } from 'node:http';
import { type Deferred, deferred } from '../../base/deferred.ts';

export class OpenAnswers {
  // A number, not a Set of them: tables that a Set has outgrown point to the ones that follow, with all that was in them,
  // so that answers which are long over outlive one collection of garbage after the other.
  #openCount = 0;
  #waiting: Deferred<void> | null = null;

  constructor(server: Server) {
    // One function for all answers, each of which closes once.
    const onClose = () => this.#closed();
    server.prependListener('request', (_request, response: ServerResponse) => {
      this.#openCount += 1;
      response.on('close', onClose);
    });
  }

  /** Resolves when there is none: each is sent, or its client is gone. */
  sent(): Promise<void> {
    if (this.#openCount === 0) return Promise.resolve();
    this.#waiting ??= deferred();
    return this.#waiting.promise;
  }

  #closed(): void {
    this.#openCount -= 1;
    if (this.#openCount > 0) return;
    this.#waiting?.resolve();
    this.#waiting = null;
  }
}
