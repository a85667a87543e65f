// What predict() receives as its second argument, and currentScope() gives anywhere below it.
import type { Json } from '../base/json.ts';
import { runtime } from './runtime.ts';

/** `replace` sets the value, `increment` adds to a number, `append` pushes to a list. */
export type MetricMode = 'replace' | 'increment' | 'incr' | 'append';

export interface Metrics {
  /**
   * Records a metric of this prediction. Names have up to four dot-separated segments of letters, digits and single
   * underscores, 128 characters at most. The prefix `cog.` and what the runtime records itself are reserved:
   * `predict_time`, `queue_time`, `setup`, `cpu_time`, `memory_peak_bytes`, `subprocess_cpu_time`,
   * `subprocess_memory_peak_bytes` and `cancel`.
   * @throws TypeError or RangeError when the name, the mode or the type of the value is not allowed.
   */
  record(name: string, value: Json | bigint, mode?: MetricMode): void;
  /** Removes a metric, so that it may be recorded again with another type. */
  delete(name: string): void;
}

export interface Scope<State = unknown> {
  /** The prediction's id; empty outside a prediction. */
  readonly id: string;
  /** What setup() returned. */
  readonly state: State;
  /** The request's `context`. */
  readonly context: Readonly<Record<string, string>>;
  /** Aborted, with a CancelationError as its reason, when the prediction is canceled. */
  readonly signal: AbortSignal;
  readonly metrics: Metrics;
  /** A directory of this prediction's own, made on first use and removed when the prediction ends. Absolute path. */
  readonly tempDir: string;
  /** Runs when the prediction is canceled, after predict() has unwound; last registered first. */
  onCancel(fn: () => void | Promise<void>): void;
  /** Throws a CancelationError if the prediction was canceled. Works in blocking code, where no event arrives. */
  throwIfCanceled(): void;
  /** Returns `fn` bound to this prediction: what it writes later, from an emitter or a pool, lands in its log. */
  bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R;
}

const noop = () => {};

/** What currentScope() gives outside a prediction: it accepts everything and does nothing. */
const OUTSIDE: Scope = {
  id: '',
  state: undefined,
  context: Object.freeze({}),
  signal: new AbortController().signal,
  metrics: { record: noop, delete: noop },
  get tempDir(): string {
    throw new Error('scope.tempDir exists only inside a prediction');
  },
  onCancel: noop,
  throwIfCanceled: noop,
  bind: (fn) => fn,
};

/** The scope of the prediction that is running here; a do-nothing scope outside of one. */
export function currentScope(): Scope {
  return runtime()?.currentScope() ?? OUTSIDE;
}
