// Settings of the processes: how many workers, how they start, and how the server stops.
import { tmpdir } from 'node:os';
import { CONFIG_DEFAULTS } from '../../config.ts';
import { limit } from '../../limits.ts';
import { COG } from '../cog-variables.ts';
import { anyText, inSeconds, oneOf, seconds, wholeNumber, yesOrNo } from '../flag-values.ts';
import { LOADING, RUNNING, SERVE, type SettingsOf, SIZING } from '../setting.ts';

export const workerSettings: SettingsOf<
  | 'mode'
  | 'workers'
  | 'concurrency'
  | 'setupTimeoutMs'
  | 'restart'
  | 'weights'
  | 'workDir'
  | 'shutdownGraceMs'
  | 'awaitExplicitShutdown'
> = {
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
  workers: {
    flag: '--workers',
    metavar: 'N',
    variable: 'PAWL_WORKERS',
    inherited: null,
    kind: wholeNumber({ min: 1, max: limit('workersMax') }),
    fallback: CONFIG_DEFAULTS.workers,
    fallbackText: String(CONFIG_DEFAULTS.workers),
    help: 'worker processes, each with its own copy of the model',
    commands: SIZING,
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
    commands: SIZING,
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
    commands: LOADING,
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
  workDir: {
    flag: '--work-dir',
    metavar: 'DIR',
    variable: 'PAWL_WORK_DIR',
    inherited: null,
    kind: anyText('the path of a directory'),
    fallback: tmpdir(),
    fallbackText: "the system's directory for temporary files",
    help: 'directory for temporary files, made when missing; the files are removed again',
    commands: [...LOADING, 'doctor'],
  },
  shutdownGraceMs: {
    flag: '--shutdown-grace',
    metavar: 'S',
    variable: 'PAWL_SHUTDOWN_GRACE',
    inherited: null,
    kind: seconds('zero allowed'),
    fallback: CONFIG_DEFAULTS.shutdownGraceMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.shutdownGraceMs),
    help: 'seconds that predictions have to finish when the server stops; what still runs is then canceled, step by step, and has --cancel-kill seconds more',
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
};
