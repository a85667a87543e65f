// Every limit in one table: unit, flag, and what happens at it. docs/reference/limits.md is generated from it.
// A limit with a flag is only the default; the value in force travels in Config.

interface Limit {
  readonly value: number;
  readonly unit: 'bytes' | 'ms' | 'count';
  /** The flag that changes it, null where it is fixed. */
  readonly flag: string | null;
  /** What happens when it is reached. */
  readonly effect: string;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

export const LIMITS = {
  frameBytesMax: {
    value: 8 * MiB,
    unit: 'bytes',
    flag: null,
    effect: 'A longer line on a control channel or slot socket is a protocol error; the worker is replaced.',
  },
  inlineBytesMax: {
    value: 1 * MiB,
    unit: 'bytes',
    flag: null,
    effect: 'A larger input or output travels by a file in the work directory instead of the slot socket.',
  },
  logLineBytesMax: {
    value: 4 * MiB,
    unit: 'bytes',
    flag: null,
    effect: 'A longer line is cut and ends in `[**** LOG LINE TRUNCATED AT 4 MiB ****]`.',
  },
  logMessageBytesMax: {
    value: 64 * KiB,
    unit: 'bytes',
    flag: null,
    effect: 'Captured output is sent to the server in messages of about this size, cut between lines.',
  },
  logIdleFlushMs: {
    value: 50,
    unit: 'ms',
    flag: null,
    effect: 'An unfinished line is shown after this long without another byte.',
  },
  predictionLogBytesMax: {
    value: 32 * MiB,
    unit: 'bytes',
    flag: null,
    effect: 'Later log text of the prediction is counted, not kept; `logs` ends in a marker with the count.',
  },
  setupLogBytesMax: {
    value: 4 * MiB,
    unit: 'bytes',
    flag: null,
    effect: 'The oldest setup output is dropped; `setup.logs` begins with a marker that gives the count.',
  },
  capturePipeBytes: {
    value: 1 * MiB,
    unit: 'bytes',
    flag: null,
    effect:
      'Size asked for the pipes behind stdout and stderr of a worker; a full pipe makes the writer wait.',
  },
  slotBacklogBytesMax: {
    value: 16 * MiB,
    unit: 'bytes',
    flag: null,
    effect: 'A worker whose server reads slowly stops reading captured output until the backlog shrinks.',
  },
  slotsPerWorkerMax: {
    value: 1024,
    unit: 'count',
    flag: null,
    effect: 'A higher --concurrency is refused.',
  },
  workersMax: { value: 256, unit: 'count', flag: null, effect: 'A higher --workers is refused.' },
  bodyBytesMax: {
    value: 100 * MiB,
    unit: 'bytes',
    flag: '--max-body-bytes',
    effect: 'A larger request body is answered 413.',
  },
  inputFileBytesMax: {
    value: 1 * GiB,
    unit: 'bytes',
    flag: '--max-input-bytes',
    effect: 'A larger input file fails the prediction; what was fetched is removed.',
  },
  downloadMs: {
    value: 60_000,
    unit: 'ms',
    flag: '--download-timeout',
    effect: 'An input file that takes longer fails the prediction.',
  },
  downloadsParallelMax: {
    value: 8,
    unit: 'count',
    flag: null,
    effect: 'Further input files of a prediction wait their turn.',
  },
  redirectsMax: { value: 10, unit: 'count', flag: null, effect: 'A download with more redirects fails.' },
  outputDepthMax: {
    value: 200,
    unit: 'count',
    flag: null,
    effect: 'A deeper nested output fails the prediction and names the path.',
  },
  helloMs: {
    value: 30_000,
    unit: 'ms',
    flag: null,
    effect: 'A worker process that has not said hello by then is killed and counts as failed.',
  },
  attachMs: {
    value: 10_000,
    unit: 'ms',
    flag: null,
    effect: 'A worker whose slot sockets have not connected by then is killed and counts as failed.',
  },
  idleTokenMs: {
    value: 5_000,
    unit: 'ms',
    flag: null,
    effect:
      'A slot that stays busy this long after its terminal message is poisoned and its worker replaced.',
  },
  cancelKillMs: {
    value: 10_000,
    unit: 'ms',
    flag: '--cancel-kill',
    effect: 'A canceled prediction that still runs costs its worker: it is killed and replaced.',
  },
  healthcheckMs: {
    value: 5_000,
    unit: 'ms',
    flag: null,
    effect: 'A slower healthcheck() counts as unhealthy.',
  },
  healthcheckReplyMs: {
    value: 10_000,
    unit: 'ms',
    flag: null,
    effect: 'A worker that has not reported the result by then counts as unhealthy.',
  },
  shutdownGraceMs: {
    value: 30_000,
    unit: 'ms',
    flag: '--shutdown-grace',
    effect: 'Predictions that still run are canceled, and then the workers are stopped.',
  },
  workerStopMs: {
    value: 3_000,
    unit: 'ms',
    flag: null,
    effect: 'A worker that has not ended after the shutdown message gets SIGTERM.',
  },
  workerTermMs: {
    value: 2_000,
    unit: 'ms',
    flag: null,
    effect: 'A worker that has not ended after SIGTERM is killed with its process group.',
  },
  parentGoneMs: {
    value: 2_000,
    unit: 'ms',
    flag: null,
    effect: 'A worker that lost its server kills its descendants and ends by then.',
  },
  restartDelayMsMin: {
    value: 100,
    unit: 'ms',
    flag: null,
    effect: 'First pause before a crashed worker is started again; it doubles each time.',
  },
  restartDelayMsMax: { value: 30_000, unit: 'ms', flag: null, effect: 'Longest pause between two restarts.' },
  restartResetMs: {
    value: 60_000,
    unit: 'ms',
    flag: null,
    effect: 'A worker that stayed ready this long starts again with the shortest pause.',
  },
  lastWordsBytesMax: {
    value: 4 * KiB,
    unit: 'bytes',
    flag: null,
    effect: 'At most this much of the last stderr of a crashed worker is quoted in the error.',
  },
  retainedPredictions: {
    value: 1_000,
    unit: 'count',
    flag: '--retention',
    effect: 'Older finished predictions are forgotten and answer 404.',
  },
  retainedBytesMax: {
    value: 256 * MiB,
    unit: 'bytes',
    flag: null,
    effect: 'Finished predictions are forgotten, oldest first, once those kept hold more than this.',
  },
  metricNameBytesMax: {
    value: 128,
    unit: 'bytes',
    flag: null,
    effect: 'A longer metric name throws in predict().',
  },
  errorTextBytesMax: {
    value: 64 * KiB,
    unit: 'bytes',
    flag: null,
    effect: 'Longer error messages and stacks are cut.',
  },
  headerBytesMax: {
    value: 16 * KiB,
    unit: 'bytes',
    flag: null,
    effect: 'A request with larger headers is answered 431.',
  },
  requestReceiveMs: {
    value: 300_000,
    unit: 'ms',
    flag: null,
    effect: 'A client that has not sent its whole request by then is answered 408.',
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

export function limit(name: LimitName): number {
  return LIMITS[name].value;
}
