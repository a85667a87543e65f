// What a prediction run needs from the worker around it. One object per slot, made once: no closures per prediction.
import type { Clock } from '../../base/clock.ts';
import type { Interruption } from '../../native/interrupt.ts';
import type { HttpClient } from '../../net/http-client.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import type { SlotIndex } from '../../protocol/ids.ts';
import type { TerminalEvent } from '../../protocol/slot-messages.ts';
import type { SharedState } from '../shared-state.ts';
import type { Origin } from './origin.ts';
import type { PredictionRun } from './prediction-run.ts';
import type { UsageMeter } from './usage-meter.ts';

/** What a run took. */
export type Spent = Pick<TerminalEvent, 'predictMs' | 'usage'>;

export interface RunEnd extends Spent {
  /** A line for the slot socket that is sent with the end; empty where there is none. */
  readonly held: string;
}

export interface RunParts {
  readonly clock: Clock;
  readonly shared: SharedState;
  readonly interruption: Interruption;
  readonly usage: UsageMeter;
  /** What setup() returned. */
  readonly state: unknown;
  readonly workDir: string;
  readonly inputSetting: {
    readonly client: HttpClient;
    readonly inputFileBytesMax: number;
    readonly downloadMs: number;
    readonly userAgent: string | null;
  };
  /** Write ends of the pipes that this slot's JavaScript writes to. */
  readonly captureFds: { readonly [stream in OutputStream]: number };
  /** Directory for output files, made on first use. */
  outputDir(): string;
  /** Writes text of the runtime's own into the log of `origin`. */
  writeLog(stream: OutputStream, text: string, origin: Origin): void;
  encode(message: object): string;
  sendLine(slot: SlotIndex, line: string): void;
  /** Before code that may block: what is over must not wait for it. */
  beforeUserCode(): void;
  /** `event` is null where it was canceled. */
  ended(run: PredictionRun, event: TerminalEvent | null, end: RunEnd): void;
}
