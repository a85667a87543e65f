// The Scope of one prediction, as user code holds it. It may outlive its prediction; then it does nothing harmful.
import { mkdirSync } from 'node:fs';
import { CancelationError } from '../../predictor/cancelation.ts';
import type { Metrics, Scope } from '../../predictor/scope.ts';
import { type CancelSignal, cancelSignal } from './cancel-signal.ts';

export interface ScopeParts {
  readonly id: string;
  readonly state: unknown;
  readonly context: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
  readonly tempDirPath: string;
  /** Reads shared memory: true as soon as the I/O thread knows, even while this thread never yields. */
  readonly isCanceled: () => boolean;
  readonly bind: Scope['bind'];
}

type CancelCallback = () => void | Promise<void>;

export class PredictionScope implements Scope {
  readonly id: string;
  readonly state: unknown;
  readonly context: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
  readonly bind: Scope['bind'];
  readonly #parts: ScopeParts;
  /** Made on first use: most predictions never look at their signal. */
  #signal: CancelSignal | null = null;
  #hasTempDir = false;
  #cancelCallbacks: CancelCallback[] = [];

  constructor(parts: ScopeParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.state = parts.state;
    this.context = parts.context;
    this.metrics = parts.metrics;
    this.bind = parts.bind;
  }

  get signal(): AbortSignal {
    this.#signal ??= cancelSignal(this.#parts.isCanceled);
    return this.#signal.signal;
  }

  get tempDir(): string {
    if (!this.#hasTempDir) mkdirSync(this.#parts.tempDirPath, { recursive: true, mode: 0o700 });
    this.#hasTempDir = true;
    return this.#parts.tempDirPath;
  }

  get hasTempDir(): boolean {
    return this.#hasTempDir;
  }

  onCancel(fn: CancelCallback): void {
    this.#cancelCallbacks.push(fn);
  }

  throwIfCanceled(): void {
    if (!this.#parts.isCanceled()) return;
    this.abort();
    throw new CancelationError();
  }

  /** The registered callbacks, once; for the runtime only. */
  takeCancelCallbacks(): readonly CancelCallback[] {
    const callbacks = this.#cancelCallbacks;
    this.#cancelCallbacks = [];
    return callbacks;
  }

  /** Aborts the signal; for the runtime only. */
  abort(): void {
    this.#signal?.abort();
  }
}
