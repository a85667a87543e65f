// The control channel: one per worker, on the worker's original stdin and stdout. Lifecycle only; predictions
// travel on slot sockets. Absent is null, never undefined. docs/reference/protocol.md describes both channels.
import type { JsonObject } from '../base/json.ts';
import type { ErrorCode } from '../errors.ts';
import type { UrlAccess } from '../net/url-rules.ts';
import type { HealthcheckId, PredictionId, SlotIndex, WorkerIndex } from './ids.ts';

export type Mode = 'predict' | 'train';
export type OutputStream = 'stdout' | 'stderr';

/** An error as data: it crosses the wire without its class. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly code: ErrorCode;
}

/** What the worker is started for. `schema` loads the predictor, reports its document and ends without setup(). */
export type Purpose = 'serve' | 'schema';

export interface Init {
  readonly type: 'init';
  readonly protocol: number;
  readonly worker: WorkerIndex;
  readonly purpose: Purpose;
  readonly mode: Mode;
  /** Export to use; null looks for default, Predictor, Runner, predict. */
  readonly predictorExport: string | null;
  /** Slots to offer; null takes what the predictor declares. */
  readonly concurrency: number | null;
  /** Sent back in `attach`, so that only this worker can take its slots. */
  readonly slotToken: string;
  /** Argument of setup({ weights }). */
  readonly weights: string | null;
  readonly inputFileBytesMax: number;
  readonly downloadMs: number;
  readonly userAgent: string | null;
  /** Where input files may come from, as --url-access and --url-hosts say. */
  readonly urlAccess: UrlAccess;
  readonly urlHosts: readonly string[];
  /** From a cancel to the interrupt and to SIGTERM for subprocesses; null: the worker's own defaults. */
  readonly cancelGraceMs: number | null;
  /** From SIGTERM to SIGKILL for the subprocesses of a canceled prediction. */
  readonly cancelTermMs: number;
}

/** What a worker that was started early has waited for: the others find it in their environment. Before any `hello`. */
export interface Begin {
  readonly type: 'begin';
  /** Existing directory of this worker's own, mode 0700; the server removes it when the worker is gone. */
  readonly workDir: string;
  /** Unix socket on which the server waits for this worker's slot connections. */
  readonly slotSocketPath: string;
  /** Absolute path of the predictor's file. */
  readonly predictorPath: string;
}

export interface Cancel {
  readonly type: 'cancel';
  readonly slot: SlotIndex;
  /** Number of the prediction on its slot, as in `predict`; an id may be used again, a number never is. */
  readonly run: number;
}

export interface Healthcheck {
  readonly type: 'healthcheck';
  readonly id: HealthcheckId;
}

export interface Shutdown {
  readonly type: 'shutdown';
}

/** Server to worker. */
export type ControlRequest = Init | Cancel | Healthcheck | Shutdown;

/** Read ends of the pipes behind one stdout and stderr: numbers of descriptors in the worker. */
export interface CapturePipes {
  readonly stdout: number;
  readonly stderr: number;
}

/** First line of a worker, before anything else can fail. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly pid: number;
  readonly node: string;
  /** Why user code that blocks cannot be interrupted in this worker; null where it can. */
  readonly uninterruptible: string | null;
  /** Behind the process's own stdout and stderr; null where nothing is captured. */
  readonly pipes: CapturePipes | null;
}

/** The predictor is loaded; the worker now connects `slots` slot sockets, and then runs setup(). */
export interface Loaded {
  readonly type: 'loaded';
  readonly predictor: PredictorDescription;
  readonly slots: number;
  /** One entry per slot; empty where the only slot's output is that of the process. */
  readonly pipes: readonly CapturePipes[];
  /** The worker takes lines for any of its slots on each of its sockets: see carried.ts. */
  readonly carries: boolean;
}

/** What the predictor can do and the OpenAPI document that says so. */
export interface PredictorDescription {
  readonly document: JsonObject;
  readonly hasTrain: boolean;
  readonly hasHealthcheck: boolean;
}

/** Answer to purpose `schema`. */
export interface Described {
  readonly type: 'described';
  readonly predictor: PredictorDescription;
}

/** setup() has succeeded. */
export interface Ready {
  readonly type: 'ready';
}

/** Loading or setup() failed; the worker ends. */
export interface SetupFailed {
  readonly type: 'setup_failed';
  readonly error: WireError;
}

/** Captured output that belongs to no running prediction. */
export interface WorkerLog {
  readonly type: 'log';
  readonly stream: OutputStream;
  readonly data: string;
  /**
   * setup: written while loading or in setup(). detached: by work that outlived prediction `id`, or was started in
   * setup(). unattributed: by native code while several predictions ran.
   */
  readonly origin: 'setup' | 'detached' | 'unattributed';
  readonly id: PredictionId | null;
}

/** The worker's runtime speaks about itself. */
export interface Diagnostic {
  readonly type: 'diagnostic';
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

/** The idle token: the slot finished prediction `id`, its output is drained, and it may take the next one. */
export interface Idle {
  readonly type: 'idle';
  readonly slot: SlotIndex;
  readonly id: PredictionId;
}

export interface HealthcheckResult {
  readonly type: 'healthcheck_result';
  readonly id: HealthcheckId;
  /** null: healthy. Otherwise the text a client sees. */
  readonly error: string | null;
}

/** The worker ends because of a defect or a broken channel; predictions in flight are lost. */
export interface Fatal {
  readonly type: 'fatal';
  readonly error: WireError;
}

/** Worker to server. */
export type ControlEvent =
  | Hello
  | Loaded
  | Described
  | Ready
  | SetupFailed
  | WorkerLog
  | Diagnostic
  | Idle
  | HealthcheckResult
  | Fatal;
