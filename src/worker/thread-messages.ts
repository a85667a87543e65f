// What the two threads of a worker say to each other by postMessage. Wire lines are encoded where the value is, on
// the model thread; the I/O thread only forwards them.
import type { CapturePipes, Init, OutputStream } from '../protocol/control-messages.ts';
import type { HealthcheckId, PredictionId, SlotIndex } from '../protocol/ids.ts';
import type { Canceled } from '../protocol/slot-messages.ts';
import type { Places } from './places.ts';
import type { Spawned } from './process-tree/run-processes.ts';

/** I/O thread to model thread. */
export type ToModel =
  | { readonly type: 'init'; readonly init: Init }
  /** Descriptors of the slot sockets, by slot: this thread reads them. */
  | { readonly type: 'attached'; readonly sockets: readonly number[] }
  /** The answer to `arrived`: it has begun. */
  | { readonly type: 'predict'; readonly slot: SlotIndex; readonly line: string }
  | { readonly type: 'cancel'; readonly slot: SlotIndex; readonly run: number }
  /** A canceled run neither blocks nor has subprocesses any more, and still has not ended. */
  | { readonly type: 'end_if_lost'; readonly slot: SlotIndex; readonly run: number }
  | { readonly type: 'healthcheck'; readonly id: HealthcheckId }
  | { readonly type: 'shutdown' }
  /** Everything handed over before is written. */
  | { readonly type: 'flushed' };

export type CanceledRun = Pick<Canceled, 'id' | 'predictMs' | 'usage'>;

/** Model thread to I/O thread. */
export type ToIo =
  /** A line for a slot socket, carried (protocol/carried.ts); its length is claimed in SharedState. */
  | string
  /** Connect `slots` slot sockets. `pipes` is empty where the slot's output is that of the process (one slot). */
  | {
      readonly type: 'loaded';
      readonly slots: number;
      readonly pipes: readonly CapturePipes[];
      /** What subprocesses write that must not reach the log of any prediction. */
      readonly detached: CapturePipes;
    }
  /** A line for the control channel, `bytes` as claimed in SharedState; captured output written before is sent first. */
  | {
      readonly type: 'control';
      readonly line: string;
      readonly bytes: number;
      readonly phase: 'setup' | 'serving' | 'ending';
    }
  /** A prediction that cannot begin without this thread; its line as it came. */
  | { readonly type: 'arrived'; readonly slot: SlotIndex; readonly line: string }
  /** What came on a slot socket is no message, or the socket is gone (null). */
  | { readonly type: 'slot_lost'; readonly message: string | null }
  /** A run is over: captured output first, then these lines, and the slot is free. */
  | {
      readonly type: 'end';
      readonly slot: SlotIndex;
      readonly run: number;
      /** Line that it sent right before its end, its length claimed in SharedState; empty where there is none. */
      readonly held: string;
      /** The terminal line; what it is made of where the run was canceled: what stopped it, the I/O thread knows. */
      readonly end: string | CanceledRun;
    }
  /** A run is about to start a subprocess, and may block until that has ended. */
  | { readonly type: 'spawning' }
  | { readonly type: 'spawned'; readonly spawned: Spawned }
  /** JavaScript wrote outside a running prediction, or after its own had ended; `bytes` as claimed in SharedState. */
  | {
      readonly type: 'detached';
      readonly stream: OutputStream;
      readonly data: string;
      readonly bytes: number;
      readonly id: PredictionId | null;
    }
  /** What the slot, or no slot, has written is wanted now: JavaScript waits for it to write to its other stream. */
  | { readonly type: 'read'; readonly slot: number | null }
  | { readonly type: 'healthcheck_started'; readonly id: HealthcheckId }
  | { readonly type: 'healthcheck_result'; readonly id: HealthcheckId; readonly error: string | null };

/** What the I/O thread is started with. */
export interface IoStart {
  readonly places: Places;
  readonly controlIn: number;
  readonly controlOut: number;
  readonly capture: CapturePipes;
  readonly shared: SharedArrayBuffer;
  readonly board: SharedArrayBuffer;
  /** For the first message to the server. */
  readonly uninterruptible: string | null;
}
