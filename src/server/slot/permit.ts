// The right to run one prediction on one slot. It goes back to the pool by itself: on the idle token, or never,
// when the slot was poisoned. What a prediction reports meanwhile reaches its observer, in order.
import type { JsonObject } from '../../base/json.ts';
import type { Mode, OutputStream, WireError } from '../../protocol/control-messages.ts';
import type { PredictionId, SlotIndex, WorkerIndex } from '../../protocol/ids.ts';
import type {
  CancelStage,
  InputFile,
  InputIssue,
  Metric,
  Output,
  Usage,
} from '../../protocol/slot-messages.ts';
import type { StoredInput } from '../payload/stored-input.ts';

export interface PredictionRequest {
  readonly id: PredictionId;
  readonly mode: Mode;
  readonly input: JsonObject | StoredInput;
  /** Files in the input that lie on this machine. */
  readonly files: readonly InputFile[];
  readonly context: { readonly [key: string]: string };
}

/** How a prediction ended on its slot. */
export type SlotOutcome =
  | { readonly status: 'succeeded'; readonly output: 'value' | 'list'; readonly predictMs: number }
  | {
      readonly status: 'failed';
      readonly error: WireError;
      readonly issues: readonly InputIssue[];
      /** null where the worker could not say, for instance because it crashed. */
      readonly predictMs: number | null;
    }
  | {
      readonly status: 'canceled';
      readonly predictMs: number | null;
      /** What stopped it, and how long that took; null where it never reached a worker. */
      readonly cancel: CancelReport | null;
    };

export interface CancelReport {
  readonly stage: CancelStage;
  /** Milliseconds from the request to the end. */
  readonly ms: number;
}

export interface SlotObserver {
  onLog(stream: OutputStream, data: string): void;
  onOutput(output: Output): void;
  onMetric(metric: Metric): void;
  /** At most once, just before onEnd: what it cost, where the worker could say. */
  onUsage(usage: Usage): void;
  /** Called exactly once and last, whatever happens to the worker. */
  onEnd(outcome: SlotOutcome): void;
}

export interface Permit {
  readonly worker: WorkerIndex;
  readonly slot: SlotIndex;
  /** Sends the prediction. Used once. Failures to send arrive as onEnd, never as a throw. */
  run(request: PredictionRequest, observer: SlotObserver): void;
  /**
   * Asks the worker to stop the prediction; harmless before run(), twice, and after the end. A prediction that has
   * not ended `cancelKillMs` later costs its worker: onEnd says `canceled`, its neighbours fail with
   * PAWL_WORKER_CRASHED.
   */
  cancel(): void;
  /** Gives an unused permit back. */
  release(): void;
}

export interface SlotPool {
  /** Slots of live, ready workers, busy or not. */
  readonly capacity: number;
  /** Slots that tryAcquire() would find now. */
  readonly available: number;
  /** Slots that have sent their terminal message and are not free yet: in a moment they are, or they are poisoned. */
  readonly settling: number;
  /** Takes a slot of the least busy worker; null when none is free. Never waits. */
  tryAcquire(): Permit | null;
  /** Calls the one listener, synchronously, whenever slots have become free. */
  onFree(listener: () => void): void;
}
