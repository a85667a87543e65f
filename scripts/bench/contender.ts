// A server under measurement. Every contender serves the same work over its own API; what is sent and where differs.
/**
 * What a predictor does. echo: gives its text back. sleep: 20 ms. cpu: 5 ms of arithmetic. tokens: a stream of `count`
 * chunks. file: a file of `bytes`. json: its items back. lines: prints `count` lines. subprocess: has them printed by a
 * program. blocks: streams and prints in blocks of `size` with a pause after each. wait: until it is canceled. spin: the
 * same without ever giving way.
 */
export type Work =
  | 'echo'
  | 'sleep'
  | 'cpu'
  | 'tokens'
  | 'file'
  | 'json'
  | 'lines'
  | 'subprocess'
  | 'blocks'
  | 'wait'
  | 'spin';

/** Of servers that know predictions: streams, files, logs, cancels. */
export const ALL_WORK: readonly Work[] = [
  'echo',
  'sleep',
  'cpu',
  'tokens',
  'file',
  'json',
  'lines',
  'subprocess',
  'blocks',
  'wait',
  'spin',
];

export interface ServeOptions {
  readonly work: Work;
  /** Predictions at a time that the server must be able to run. */
  readonly slots: number;
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export interface RunningContender {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Where predictions are posted. */
  readonly path: string;
  /** The process that answers HTTP; everything below it belongs to the contender. */
  readonly pid: number;
  /** The body of a request with this input. */
  readonly body: (input: { readonly [key: string]: unknown }) => string;
  /** What came out, taken from an answer. */
  readonly output: (answer: unknown) => unknown;
  /** From its start to its readiness, where that was measured. */
  readonly startMs?: number;
  stop(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** The file behind `pawl`, where it is Pawl. */
  readonly main?: string;
  /** What it is, for the report. */
  readonly what: string;
  readonly works: readonly Work[];
  /** Null where it can't be had, with the reason from `missing`. */
  missing(): Promise<string | null>;
  serve(options: ServeOptions): Promise<RunningContender>;
}
