// The one table of settings: flag, variables, what they accept, default and help of each. Commands, --help,
// docs/reference/configuration.md and the messages for bad usage all read it; nothing else knows a flag's name.
import { tmpdir } from 'node:os';
import { CONFIG_DEFAULTS, type Config } from '../config.ts';
import { limit } from '../limits.ts';
import { COG, type InheritedVariable } from './cog-variables.ts';
import {
  anyText,
  bytes,
  formatBytes,
  oneOf,
  seconds,
  type ValueKind,
  wholeNumber,
  yesOrNo,
} from './flag-values.ts';

export type CommandName = 'serve' | 'predict' | 'schema';

/** Everything in Config but the predictor, which the argument REF names. */
export type SettingKey = Exclude<keyof Config, 'predictorPath' | 'predictorExport'>;

export interface Setting<T> {
  /** null: only variables set it. */
  readonly flag: `--${string}` | null;
  /** null: a switch. */
  readonly metavar: string | null;
  readonly variable: `PAWL_${string}`;
  /** A variable of Cog's, read with Cog's leniency when neither flag nor PAWL_* is given. */
  readonly inherited: InheritedVariable<T> | null;
  readonly kind: ValueKind<NonNullable<T>>;
  readonly fallback: T;
  /** The default in words; null where there is nothing to say. */
  readonly fallbackText: string | null;
  readonly help: string;
  /** Commands that have the flag. Others take the default. */
  readonly commands: readonly CommandName[];
}

const RETENTION_MAX = 1_000_000;
// A JSON body becomes one string, and V8's strings end a little above this.
const BODY_BYTES_MAX = 500 * 2 ** 20;
const INPUT_BYTES_MAX = 2 ** 40;

const SERVE: readonly CommandName[] = ['serve'];
const RUNNING: readonly CommandName[] = ['serve', 'predict'];
const ALL: readonly CommandName[] = ['serve', 'predict', 'schema'];

export const SETTINGS: { readonly [K in SettingKey]: Setting<Config[K]> } = {
  host: {
    flag: '--host',
    metavar: 'HOST',
    variable: 'PAWL_HOST',
    inherited: null,
    kind: anyText('an IP address or a host name of this machine'),
    fallback: CONFIG_DEFAULTS.host,
    fallbackText: CONFIG_DEFAULTS.host,
    help: 'address to listen on',
    commands: SERVE,
  },
  port: {
    flag: '--port',
    metavar: 'PORT',
    variable: 'PAWL_PORT',
    inherited: COG.port,
    kind: wholeNumber({ min: 0, max: 65_535 }),
    fallback: CONFIG_DEFAULTS.port,
    fallbackText: String(CONFIG_DEFAULTS.port),
    help: 'port to listen on; 0 takes a free one',
    commands: SERVE,
  },
  workers: {
    flag: '--workers',
    metavar: 'N',
    variable: 'PAWL_WORKERS',
    inherited: null,
    kind: wholeNumber({ min: 1, max: limit('workersMax') }),
    fallback: CONFIG_DEFAULTS.workers,
    fallbackText: String(CONFIG_DEFAULTS.workers),
    help: 'worker processes, each with its own copy of the model',
    commands: SERVE,
  },
  concurrency: {
    flag: '--concurrency',
    metavar: 'N',
    variable: 'PAWL_CONCURRENCY',
    inherited: COG.concurrency,
    kind: wholeNumber({ min: 1, max: limit('slotsPerWorkerMax') }),
    fallback: CONFIG_DEFAULTS.concurrency,
    fallbackText: 'what the predictor declares, else 1',
    help: 'predictions at a time in one worker; more than 1 needs an async predictor',
    commands: SERVE,
  },
  setupTimeoutMs: {
    flag: '--setup-timeout',
    metavar: 'S',
    variable: 'PAWL_SETUP_TIMEOUT',
    inherited: COG.setupTimeoutMs,
    kind: seconds('above zero'),
    fallback: CONFIG_DEFAULTS.setupTimeoutMs,
    fallbackText: 'no limit',
    help: 'seconds for loading and setup(); a worker that takes longer is killed',
    commands: ALL,
  },
  cancelKillMs: {
    flag: '--cancel-kill',
    metavar: 'S',
    variable: 'PAWL_CANCEL_KILL',
    inherited: null,
    kind: seconds('above zero'),
    fallback: CONFIG_DEFAULTS.cancelKillMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.cancelKillMs),
    help: 'seconds from a cancel to the replacement of a worker that does not stop',
    commands: RUNNING,
  },
  shutdownGraceMs: {
    flag: '--shutdown-grace',
    metavar: 'S',
    variable: 'PAWL_SHUTDOWN_GRACE',
    inherited: null,
    kind: seconds('zero allowed'),
    fallback: CONFIG_DEFAULTS.shutdownGraceMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.shutdownGraceMs),
    help: 'seconds that running predictions have to finish when the server stops',
    commands: SERVE,
  },
  inputFileBytesMax: {
    flag: '--max-input-bytes',
    metavar: 'N',
    variable: 'PAWL_MAX_INPUT_BYTES',
    inherited: null,
    kind: bytes(INPUT_BYTES_MAX),
    fallback: CONFIG_DEFAULTS.inputFileBytesMax,
    fallbackText: formatBytes(CONFIG_DEFAULTS.inputFileBytesMax),
    help: 'largest input file, however it comes',
    commands: RUNNING,
  },
  bodyBytesMax: {
    flag: '--max-body-bytes',
    metavar: 'N',
    variable: 'PAWL_MAX_BODY_BYTES',
    inherited: null,
    kind: bytes(BODY_BYTES_MAX),
    fallback: CONFIG_DEFAULTS.bodyBytesMax,
    fallbackText: formatBytes(CONFIG_DEFAULTS.bodyBytesMax),
    help: 'largest request body',
    commands: SERVE,
  },
  downloadMs: {
    flag: '--download-timeout',
    metavar: 'S',
    variable: 'PAWL_DOWNLOAD_TIMEOUT',
    inherited: null,
    kind: seconds('above zero'),
    fallback: CONFIG_DEFAULTS.downloadMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.downloadMs),
    help: 'seconds for the download of one input file',
    commands: RUNNING,
  },
  restart: {
    flag: '--restart',
    metavar: 'WHEN',
    variable: 'PAWL_RESTART',
    inherited: null,
    kind: oneOf(['on-crash', 'never']),
    fallback: CONFIG_DEFAULTS.restart,
    fallbackText: CONFIG_DEFAULTS.restart,
    help: 'whether a worker that died is started again: on-crash or never',
    commands: SERVE,
  },
  workDir: {
    flag: '--work-dir',
    metavar: 'DIR',
    variable: 'PAWL_WORK_DIR',
    inherited: null,
    kind: anyText('the path of a directory'),
    fallback: tmpdir(),
    fallbackText: "the system's directory for temporary files",
    help: 'directory for temporary files, made when missing; the files are removed again',
    commands: ALL,
  },
  retention: {
    flag: '--retention',
    metavar: 'N',
    variable: 'PAWL_RETENTION',
    inherited: null,
    kind: wholeNumber({ min: 0, max: RETENTION_MAX }),
    fallback: CONFIG_DEFAULTS.retention,
    fallbackText: String(CONFIG_DEFAULTS.retention),
    help: 'finished predictions that stay known; 0 forgets them at once',
    commands: SERVE,
  },
  awaitExplicitShutdown: {
    flag: '--await-explicit-shutdown',
    metavar: null,
    variable: 'PAWL_AWAIT_EXPLICIT_SHUTDOWN',
    inherited: null,
    kind: yesOrNo,
    fallback: CONFIG_DEFAULTS.awaitExplicitShutdown,
    fallbackText: null,
    help: 'ignore SIGTERM; only POST /shutdown or Ctrl-C stops the server',
    commands: SERVE,
  },
  mode: {
    flag: '--mode',
    metavar: 'MODE',
    variable: 'PAWL_MODE',
    inherited: null,
    kind: oneOf(['predict', 'train']),
    fallback: CONFIG_DEFAULTS.mode,
    fallbackText: CONFIG_DEFAULTS.mode,
    help: 'what the server runs: predict or train',
    commands: SERVE,
  },
  logFormat: {
    flag: '--log-format',
    metavar: 'FORMAT',
    variable: 'PAWL_LOG_FORMAT',
    inherited: COG.logFormat,
    kind: oneOf(['json', 'pretty']),
    fallback: CONFIG_DEFAULTS.logFormat,
    fallbackText: 'pretty on a terminal, else json',
    help: 'log lines on stderr: json or pretty',
    commands: SERVE,
  },
  logLevel: {
    flag: '--log-level',
    metavar: 'LEVEL',
    variable: 'PAWL_LOG_LEVEL',
    inherited: COG.logLevel,
    kind: oneOf(['debug', 'info', 'warn', 'error']),
    fallback: CONFIG_DEFAULTS.logLevel,
    fallbackText: CONFIG_DEFAULTS.logLevel,
    help: 'least important log line to write: debug, info, warn or error',
    commands: SERVE,
  },
  weights: {
    flag: null,
    metavar: null,
    variable: 'PAWL_WEIGHTS',
    inherited: COG.weights,
    kind: anyText('a path or URL that setup() understands'),
    fallback: CONFIG_DEFAULTS.weights,
    fallbackText: null,
    help: 'handed to setup({ weights })',
    commands: RUNNING,
  },
  userAgent: {
    flag: null,
    metavar: null,
    variable: 'PAWL_USER_AGENT',
    inherited: COG.userAgent,
    kind: anyText('the text of a User-Agent header'),
    fallback: CONFIG_DEFAULTS.userAgent,
    fallbackText: null,
    help: 'User-Agent header of input downloads',
    commands: RUNNING,
  },
};

// In the order of the table, which is the order of --help and of the reference page.
export const SETTING_KEYS = Object.keys(SETTINGS).filter((key): key is SettingKey =>
  Object.hasOwn(SETTINGS, key),
);

function inSeconds(ms: number): string {
  return String(ms / 1000);
}
