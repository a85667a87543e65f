// What ends one try of an upload from outside: its deadline, a server that has fallen silent, a cancel.
import type { Clock, Timer } from '../../base/clock.ts';
import { limit } from '../../limits.ts';

/** The end of a sentence. */
export const CANCELED = 'it was canceled';

export class TryWatch implements Disposable {
  readonly #clock: Clock;
  readonly #canceled: AbortSignal;
  readonly #controller = new AbortController();
  readonly #deadline: Timer;
  readonly #onAbort = () => this.#stop(CANCELED);
  #stall: Timer;
  #reason: string | null = null;
  #isOver = false;

  constructor({ clock, tryMs }: { readonly clock: Clock; readonly tryMs: number }, canceled: AbortSignal) {
    this.#clock = clock;
    this.#canceled = canceled;
    const late = `it took longer than ${tryMs / 1000} s (--upload-timeout)`;
    this.#deadline = clock.after(tryMs, () => this.#stop(late));
    this.#stall = this.#startStall();
    canceled.addEventListener('abort', this.#onAbort);
    if (canceled.aborted) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it was ended, as the end of a sentence; null where it was not. */
  get reason(): string | null {
    return this.#reason;
  }

  /** The server has taken something. Ignored when the try is over: a read may still be under way. */
  progress(): void {
    if (this.#isOver) return;
    this.#stall.cancel();
    this.#stall = this.#startStall();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#deadline.cancel();
    this.#stall.cancel();
    this.#canceled.removeEventListener('abort', this.#onAbort);
  }

  #startStall(): Timer {
    const ms = limit('uploadStallMs');
    return this.#clock.after(ms, () =>
      this.#stop(`the server took nothing for ${ms / 1000} s, nor answered`),
    );
  }

  #stop(reason: string): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }
}
