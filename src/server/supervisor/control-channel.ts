// The server's end of a worker's control channel: encodes requests, decodes events, matches healthchecks to results.
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { deferred } from '../../base/deferred.ts';
import { limit } from '../../limits.ts';
import { Connection } from '../../protocol/connection.ts';
import type { ControlEvent, ControlRequest, HealthcheckResult } from '../../protocol/control-messages.ts';
import { decodeControlEvent } from '../../protocol/decode.ts';
import { asHealthcheckId, type HealthcheckId } from '../../protocol/ids.ts';

export interface ControlEvents {
  /** Everything but results of healthchecks. A throw closes the channel with that error. */
  onEvent(event: Exclude<ControlEvent, HealthcheckResult>): void;
  onClose(reason: Error | null): void;
}

export class ControlChannel {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #checks = new Map<HealthcheckId, (error: string | null) => void>();
  readonly #closed = deferred();

  constructor(stream: Duplex, clock: Clock, events: ControlEvents) {
    this.#clock = clock;
    this.#connection = new Connection(stream, {
      onLine: (line) => {
        const event = decodeControlEvent(line);
        if (event.type === 'healthcheck_result') this.#checks.get(event.id)?.(event.error);
        else events.onEvent(event);
      },
      onClose: (reason) => {
        this.#closed.resolve();
        events.onClose(reason);
      },
    });
  }

  /** Nothing more will arrive. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  send(request: ControlRequest): void {
    // Where the channel is closed already, onClose has told so.
    this.#connection.send(request);
  }

  /** null is healthy. A worker that ends meanwhile answers through endChecks(). */
  healthcheck(): Promise<string | null> {
    const id = asHealthcheckId(randomUUID());
    const { promise, resolve } = deferred<string | null>();
    const settle = (error: string | null) => {
      this.#checks.delete(id);
      timer.cancel();
      resolve(error);
    };
    const ms = limit('healthcheckReplyMs');
    const timer = this.#clock.after(ms, () =>
      settle(`the worker did not answer the healthcheck in ${ms / 1000} s`),
    );
    this.#checks.set(id, settle);
    this.send({ type: 'healthcheck', id });
    return promise;
  }

  endChecks(error: string): void {
    for (const settle of [...this.#checks.values()]) settle(error);
  }
}
