// Calls the callbacks of stream.write() after the write, as a stream does. The console passes the same one with every
// line: code that never yields would fill the queue with it, so one that repeats is kept once, with a count.
import { origins } from './origin.ts';

interface Pending {
  readonly callback: unknown;
  /** Whose call it is: a throw must fail the right prediction. */
  readonly origin: unknown;
  readonly call: () => unknown;
  times: number;
}

export class WriteCallbacks {
  #last: Pending | null = null;

  /** Does nothing where `callback` is no function. */
  later(callback: unknown): void {
    if (typeof callback !== 'function') return;
    const origin = origins.getStore();
    const last = this.#last;
    if (last?.callback === callback && last.origin === origin) {
      last.times += 1;
      return;
    }
    // No error: null, because Node's console takes undefined for one.
    const pending: Pending = {
      callback,
      origin,
      call: () => Reflect.apply(callback, undefined, [null]),
      times: 1,
    };
    this.#last = pending;
    process.nextTick(() => this.#call(pending));
  }

  #call(pending: Pending): void {
    if (this.#last === pending) this.#last = null;
    for (let left = pending.times; left > 0; left -= 1) {
      try {
        pending.call();
      } catch (error) {
        // Uncaught, as it would be in a tick of its own; the others are called all the same.
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}
