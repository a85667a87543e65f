// Calls user code so that another thread can end it, and mends what Node loses when that happens. Decides nothing about
// when to interrupt; what the interrupted code left half done (files, locks, its own objects) stays so.
import { AsyncResource } from 'node:async_hooks';
import { returnToAsyncContext } from './async-context.ts';
import { forgetHalfLoaded } from './first-use.ts';
import type { GuardResult, NativeApi } from './native-api.ts';

type Guard = Pick<NativeApi, 'prepareInterrupts' | 'guard' | 'fatalException'>;

/** Nobody else has it. */
const INTERRUPTED: unique symbol = Symbol('interrupted');

/** One per process, made on its main thread. */
export class Interruption {
  /** Why this Node or system cannot interrupt, in a few words; null where it can. */
  readonly unavailable: string | null;
  readonly #native: Guard;
  /** Calls inside each other. */
  #depth = 0;
  #wasInterrupted = false;

  constructor(native: Guard) {
    this.#native = native;
    this.unavailable = native.prepareInterrupts();
  }

  /**
   * Calls `call`, and just that where interrupts are unavailable. Its asynchronous context is one of its own: whatever
   * AsyncLocalStorage.run() and its like have changed when the call is interrupted is gone afterwards, and what held
   * before the call holds again.
   */
  guarded<T>(token: number, call: () => T): GuardResult<T> {
    if (this.unavailable !== null) return { interrupted: false, value: call() };
    const context = new AsyncResource('PawlGuard', { requireManualDestroy: true });
    return context.runInAsyncScope(() => {
      const depth = this.#depth++;
      const result = this.#guard(depth, token, call);
      if (result.interrupted) returnToAsyncContext(context.asyncId(), this.#native);
      return result;
    });
  }

  #guard<T>(depth: number, token: number, call: () => T): GuardResult<T> {
    try {
      const value = this.#native.guard(token, call, INTERRUPTED);
      if (value !== INTERRUPTED) return { interrupted: false, value };
      this.#wasInterrupted = true;
      return { interrupted: true };
    } finally {
      this.#depth = depth;
      // An outer call may be in the middle of a require() itself.
      if (depth === 0 && this.#wasInterrupted) {
        this.#wasInterrupted = false;
        forgetHalfLoaded();
      }
    }
  }
}
