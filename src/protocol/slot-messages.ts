// A slot socket: one per slot, worker connects. Carries one prediction at a time. Every message names its
// prediction, so that a late one can never be booked to the next. Absent is null, never undefined.
import type { Json } from '../base/json.ts';
import type { Mode, OutputStream, WireError } from './control-messages.ts';
import type { PredictionId, SlotIndex } from './ids.ts';

/** An output, inline or, above LIMITS.inlineBytesMax, as a JSON file that the server removes. */
export type Payload = { readonly in: 'message'; readonly value: Json } | SpilledPayload;

export interface SpilledPayload {
  readonly in: 'file';
  readonly path: string;
  /** Where in the text, in bytes, the null of each of its files begins, in the order of `files`. */
  readonly places: readonly number[];
}

/** An input, the same way: a part of a file that the worker removes. */
export type InputPayload = { readonly in: 'message'; readonly value: Json } | SpilledInput;

export interface SpilledInput {
  readonly in: 'file';
  readonly path: string;
  /** In bytes; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
}

/** A file that the server has already: the worker makes it the prediction's own instead of fetching the URL. */
export interface InputFile {
  /** JSON pointer (RFC 6901) to its URL in the input. */
  readonly pointer: string;
  /** Absolute path; it stays there until the prediction has ended. */
  readonly path: string;
  /** As its sender calls it: not a safe file name. */
  readonly name: string;
  readonly mediaType: string;
  /**
   * part: it came with this prediction and is its own; it is a file wherever it stands. url: others may use it, so the
   * prediction gets a copy; it is a file only where the predictor takes one.
   */
  readonly from: 'part' | 'url';
}

export interface Predict {
  readonly type: 'predict';
  readonly id: PredictionId;
  /** 1 for the first prediction on this slot, then one more each time; what `cancel` names. */
  readonly run: number;
  readonly mode: Mode;
  /** A JSON object that passed the server's schema check. */
  readonly input: InputPayload;
  readonly files: readonly InputFile[];
  readonly context: { readonly [key: string]: string };
}

/** Server to worker. */
export type SlotRequest = Predict;

/** First line of each connection. */
export interface Attach {
  readonly type: 'attach';
  readonly slot: SlotIndex;
  readonly token: string;
}

export interface Log {
  readonly type: 'log';
  readonly id: PredictionId;
  readonly stream: OutputStream;
  /** Whole lines, except when a line stayed unfinished for LIMITS.logIdleFlushMs or at the end. */
  readonly data: string;
}

/** A file inside an output: the value holds null at `pointer`, and the server puts a URL there. */
export interface OutputFile {
  /** JSON pointer (RFC 6901) into the output's value; empty for the value itself. */
  readonly pointer: string;
  /** Absolute path, inside the worker's work directory or wherever the predictor wrote it. */
  readonly path: string;
  /** Media type; null where neither the predictor nor the name tells. */
  readonly mediaType: string | null;
  /** File name to show; never a path. */
  readonly name: string;
  /** True where the file is a temporary copy that the server removes once delivered. */
  readonly temporary: boolean;
}

/** The value that predict() returned, or one item that its generator yielded. */
export interface Output {
  readonly type: 'output';
  readonly id: PredictionId;
  readonly kind: 'value' | 'chunk';
  /** 0-based, without gaps. */
  readonly index: number;
  readonly payload: Payload;
  readonly files: readonly OutputFile[];
}

export type MetricMode = 'replace' | 'increment' | 'append';

export interface Metric {
  readonly type: 'metric';
  readonly id: PredictionId;
  readonly name: string;
  /** null removes the metric (with mode `replace`). */
  readonly value: Json;
  readonly mode: MetricMode;
}

/** A field of the input that the predictor's own schema refused. */
export interface InputIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a prediction cost. Null is what the system does not tell, or what cannot be told apart from a neighbour's. */
export interface Usage {
  /** From the start of the worker process to ready. */
  readonly setupMs: number;
  /** CPU time of the worker process while predict() ran; null where another prediction ran in it meanwhile. */
  readonly cpuMs: number | null;
  /** Highest resident memory of the worker process since it was last idle. */
  readonly memoryPeakBytes: number | null;
  /** CPU time of subprocesses that ended; null where it started none, or another prediction ran meanwhile. */
  readonly subprocessCpuMs: number | null;
  /** The most memory its subprocesses were seen to hold; null where none was seen. */
  readonly subprocessMemoryPeakBytes: number | null;
}

/** What every end says. */
interface Terminal {
  readonly id: PredictionId;
  /** From the call of predict() to its end, milliseconds. */
  readonly predictMs: number;
  /** Null where predict() was not called. */
  readonly usage: Usage | null;
  /** The slot may take the next prediction from here on: no idle token follows. */
  readonly idle: boolean;
}

export interface Succeeded extends Terminal {
  readonly type: 'succeeded';
  /** `list`: a generator ran and the chunks are the output, even when there are none. `value`: predict() returned. */
  readonly output: 'value' | 'list';
}

export interface Failed extends Terminal {
  readonly type: 'failed';
  readonly error: WireError;
  /** Only for PAWL_INPUT_INVALID: what the predictor's schema said. Empty otherwise. */
  readonly issues: readonly InputIssue[];
}

/**
 * What stopped a canceled prediction. signal: scope.signal, or a throw point of its own. interrupt: its blocking
 * JavaScript was ended. terminate, kill: its subprocesses were ended by SIGTERM or SIGKILL. worker: the whole worker.
 */
export type CancelStage = 'signal' | 'interrupt' | 'terminate' | 'kill' | 'worker';

export interface Canceled extends Terminal {
  readonly type: 'canceled';
  readonly stage: CancelStage;
  /** From the arrival of the cancel in the worker to the end. */
  readonly cancelMs: number;
}

/** Exactly one of these ends a prediction; nothing with its id follows, but the idle token. */
export type TerminalEvent = Succeeded | Failed | Canceled;

/** Worker to server. */
export type SlotEvent = Attach | Log | Output | Metric | TerminalEvent;
