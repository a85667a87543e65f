// What a server is told. Flags win over PAWL_* variables, which win over COG_* ones; src/cli reads all three.
import { limit } from './limits.ts';
import type { UrlAccess } from './net/url-rules.ts';
import type { Mode } from './protocol/control-messages.ts';

export type RestartPolicy = 'on-crash' | 'never';
export type LogFormat = 'json' | 'pretty';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Config {
  /** Absolute path of the predictor's file. */
  readonly predictorPath: string;
  /** Export to use; null looks for default, Predictor, Runner, predict. */
  readonly predictorExport: string | null;
  readonly mode: Mode;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Origins whose pages may use the API; `*` is every one, none is the default. */
  readonly corsOrigins: readonly string[];
  readonly workers: number;
  /** Slots per worker; null takes what the predictor declares, else 1. */
  readonly concurrency: number | null;
  /** Milliseconds for loading and setup(); null waits without limit. */
  readonly setupTimeoutMs: number | null;
  /** Milliseconds that a prediction may run; null: no limit. */
  readonly predictTimeoutMs: number | null;
  /** From a cancel to the interrupt and to SIGTERM for subprocesses; null: 2000, and 250 where JavaScript blocks. */
  readonly cancelGraceMs: number | null;
  /** From SIGTERM to SIGKILL for the subprocesses of a canceled prediction. */
  readonly cancelTermMs: number;
  /** From a cancel to the replacement of a worker that does not stop. */
  readonly cancelKillMs: number;
  readonly shutdownGraceMs: number;
  /** How long a prediction that was created as an event stream goes on without a reader. */
  readonly streamGraceMs: number;
  /** Past events of a prediction that a reader still gets. */
  readonly streamHistoryEvents: number;
  readonly inputFileBytesMax: number;
  readonly bodyBytesMax: number;
  /** All uploaded files together. */
  readonly storedBytesMax: number;
  /** How long a file of POST /files stays. */
  readonly fileRetentionMs: number;
  readonly downloadMs: number;
  /** Where output files are put, by PUT; null: they become data URLs. */
  readonly uploadUrl: string | null;
  /** For one try. */
  readonly uploadMs: number;
  /** For a client to send one whole request. */
  readonly requestMs: number;
  /** Null: nobody is asked for a token. */
  readonly authTokenFile: string | null;
  /** A file that exists while the server is ready; null: none. */
  readonly readinessFile: string | null;
  readonly restart: RestartPolicy;
  /** Directory for spilled payloads and temporary files; a private one is made inside it and removed at the end. */
  readonly workDir: string;
  /** Predictions that may wait for a slot; 0: whoever meets none is refused. */
  readonly queue: number;
  /** How many finished predictions GET /predictions/{id} still knows. */
  readonly retention: number;
  /** SIGTERM is ignored; POST /shutdown or SIGINT ends the server. */
  readonly awaitExplicitShutdown: boolean;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  /** Argument of setup({ weights }). */
  readonly weights: string | null;
  /** User-Agent of input downloads. */
  readonly userAgent: string | null;
  /** At least between two webhooks about the progress of one prediction. */
  readonly webhookIntervalMs: number;
  /** Sent with webhooks as a bearer token. */
  readonly webhookAuthToken: string | null;
  /** As PAWL_WEBHOOK_SECRET gives it; signs webhooks. */
  readonly webhookSecret: string | null;
  /** Where URLs may point that clients name, of input files and webhooks. */
  readonly urlAccess: UrlAccess;
  readonly urlHosts: readonly string[];
}

export const CONFIG_DEFAULTS = {
  predictorExport: null,
  mode: 'predict',
  host: '0.0.0.0',
  port: 5000,
  corsOrigins: [],
  workers: 1,
  concurrency: null,
  setupTimeoutMs: null,
  predictTimeoutMs: null,
  cancelGraceMs: null,
  cancelTermMs: limit('cancelTermMs'),
  cancelKillMs: limit('cancelKillMs'),
  shutdownGraceMs: limit('shutdownGraceMs'),
  streamGraceMs: limit('streamGraceMs'),
  streamHistoryEvents: limit('streamHistoryEvents'),
  inputFileBytesMax: limit('inputFileBytesMax'),
  bodyBytesMax: limit('bodyBytesMax'),
  storedBytesMax: limit('storedBytesMax'),
  fileRetentionMs: limit('storedFileMs'),
  downloadMs: limit('downloadMs'),
  uploadUrl: null,
  uploadMs: limit('uploadMs'),
  requestMs: limit('requestReceiveMs'),
  authTokenFile: null,
  readinessFile: null,
  restart: 'on-crash',
  queue: 0,
  retention: limit('retainedPredictions'),
  awaitExplicitShutdown: false,
  logFormat: 'json',
  logLevel: 'info',
  weights: null,
  userAgent: null,
  webhookIntervalMs: limit('webhookIntervalMs'),
  webhookAuthToken: null,
  webhookSecret: null,
  urlAccess: 'any',
  urlHosts: [],
} as const satisfies Partial<Config>;
