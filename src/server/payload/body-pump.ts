// Reads a body for a consumer that asks: one block at a time, and no read while the last block is still on its way.
import type { ComposedBody, OpenBody } from './composed-body.ts';

export interface PumpEvents {
  /** Returns whether another block is asked for at once. */
  onBlock(block: Buffer): boolean;
  onEnd(): void;
  onError(error: Error): void;
}

export class BodyPump {
  readonly #body: ComposedBody;
  readonly #blocks: OpenBody;
  readonly #events: PumpEvents;
  #isReading = false;
  #isStopped = false;

  /** Releases the body at its end. */
  constructor(body: ComposedBody, events: PumpEvents) {
    this.#body = body;
    this.#blocks = body.open();
    this.#events = events;
  }

  /** Harmless while a block is being read. */
  ask(): void {
    if (!this.#isReading && !this.#isStopped) void this.#read();
  }

  /** Nothing is reported from here on. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#body.release();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      for (let isAsked = true; isAsked && !this.#isStopped; ) {
        const { done, value } = await this.#blocks.next();
        if (this.#isStopped) return;
        if (done === true) {
          this.stop();
          return this.#events.onEnd();
        }
        isAsked = this.#events.onBlock(value);
      }
    } catch (error) {
      if (this.#isStopped) return;
      this.stop();
      this.#events.onError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#isReading = false;
    }
  }
}
