// Loading and setup() as an origin: their output is setup output, an error that escapes them fails the setup, and
// what they leave running in the background is detached once setup is over.
import { type Deferred, deferred } from '../../base/deferred.ts';
import { type ErrorCode, PawlError } from '../../errors.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import { asError, describeValue, errorLine } from '../thrown.ts';
import { type Origin, origins } from './origin.ts';

export class SetupOrigin implements Origin {
  readonly at = null;
  readonly id = null;
  readonly scope = null;
  readonly #escaped: Deferred<never> = deferred<never>();
  #isActive = true;

  constructor() {
    // Nobody may be racing when it rejects.
    this.#escaped.promise.catch(() => {});
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  captureFd(stream: OutputStream): number {
    return stream === 'stdout' ? 1 : 2;
  }

  fail(error: unknown): void {
    const isError = asError(error) !== null && error instanceof Error;
    this.#escaped.reject(isError ? error : new Error(describeValue(error)));
  }

  guarded<T>(call: () => T): T {
    return call();
  }

  /** Runs a step of the start; what it throws, or lets escape, becomes an error of `code` unless it has one. */
  async run<T>(step: () => Promise<T>, code: ErrorCode): Promise<T> {
    try {
      return await Promise.race([origins.run(this, step), this.#escaped.promise]);
    } catch (error) {
      if (error instanceof PawlError) throw error;
      throw new PawlError(code, errorLine(error), { cause: error });
    }
  }

  close(): void {
    this.#isActive = false;
  }
}
