// Every limit in one table: unit, flag, and what happens at it. docs/reference/limits.md is generated from it.
// A limit with a flag is only the default; the value in force travels in Config.
import { FILE_LIMITS } from './limits/files.ts';
import { bytes, count, GiB, KiB, type Limit, MiB, ms } from './limits/limit.ts';
import { LOG_LIMITS } from './limits/logs.ts';
import { WEBHOOK_LIMITS } from './limits/webhooks.ts';

export const LIMITS = {
  frameBytesMax: bytes(
    8 * MiB,
    'A longer line on a control channel or slot socket is a protocol error; the worker is replaced.',
  ),
  inlineBytesMax: bytes(
    1 * MiB,
    'A larger input or output travels by a file in the work directory instead of the slot socket; such an output, and a file that is larger as a data URL, stays on disk as long as it can be asked for.',
  ),
  ...LOG_LIMITS,
  carriedBytesMax: bytes(
    16 * KiB,
    'Messages of several slots that come in one turn of the event loop go out together; larger ones go by themselves.',
  ),
  heldLinesBytesMax: bytes(
    64 * KiB,
    'Outputs and metrics of one prediction that come within one turn of the event loop go out together, so many at a time.',
  ),
  slotBacklogBytesMax: bytes(
    16 * MiB,
    'JavaScript that hands over outputs, metrics or late output faster than the server reads waits at this much.',
  ),
  backlogWaitMs: ms(
    30_000,
    'A predictor that waits this long for its server to read goes on; the backlog may then exceed its limit.',
  ),
  slotWriteMs: ms(
    30_000,
    'A worker whose server takes a part of a message and nothing more for this long ends: nobody else can write there meanwhile.',
  ),
  streamOrderMs: ms(
    250,
    'A write to stderr waits this long for stdout to be read (and the reverse) to keep their order in the log.',
  ),
  descendantsMax: count(
    10_000,
    'Processes below a worker beyond this many are not looked at when the subprocesses of a prediction are ended.',
  ),
  subprocessSampleMs: ms(
    50,
    'The memory of subprocesses is looked at this often; where there are many processes, less often.',
  ),
  descendantsEndMs: ms(
    1_000,
    'A worker whose server is gone kills its descendants for this long, until none is left; then it ends itself.',
  ),
  orphanReapMs: ms(
    1_000,
    'An ended process that a subprocess left behind is taken off the process table after this long.',
  ),
  slotsPerWorkerMax: count(1024, 'A higher --concurrency is refused.'),
  workersMax: count(256, 'A higher --workers is refused.'),
  bodyBytesMax: bytes(
    100 * MiB,
    'A larger request body is answered 413; of a form, only its texts count.',
    '--max-body-bytes',
  ),
  largeBodiesBytesMax: bytes(
    4 * GiB,
    'Bodies above `inlineBytesMax` go to disk; one for which there is no room beside those that arrive or are checked is answered 409.',
  ),
  bodyCheckMs: ms(60_000, 'A large body whose check takes longer is answered 413.'),
  bodyShapesMax: count(
    4_000_000,
    'A large body whose objects begin in more different ways, member for member, is answered 413.',
  ),
  quickBodyShapesMax: count(
    250_000,
    'A large body with more than that is checked by a second process, so that others need not wait for it.',
  ),
  quickBodyContainersMax: count(5_000_000, 'The same for one with more arrays and objects.'),
  bodyCheckerIdleMs: ms(
    5_000,
    'The process that checks large bodies ends when it has had none for this long.',
  ),
  bodyDepthMax: count(500, 'A request body whose arrays and objects nest deeper is answered 422.'),
  issuesMax: count(100, 'What else is wrong with a request is counted in its 422, not named.'),
  contextBytesMax: bytes(1 * MiB, 'A larger `context` is answered 422.'),
  versionLengthMax: count(1_024, 'A longer `version`, in characters, is answered 422.'),
  patternMs: ms(
    250,
    'A text that a `pattern` of the schema takes longer on, and any as long as that, is left to the worker to check.',
  ),
  ...FILE_LIMITS,
  redirectsMax: count(10, 'A download or webhook with more redirects fails.'),
  discardBytesMax: bytes(
    64 * KiB,
    'Of an answer that nobody wants this much is read to keep the connection; then it is cut. A refused request with a larger body costs its connection.',
  ),
  discardMs: ms(5_000, 'The same in time.'),
  ...WEBHOOK_LIMITS,
  outputDepthMax: count(200, 'A deeper nested output fails the prediction and names the path.'),
  helloMs: ms(30_000, 'A worker process that has not said hello by then is killed and counts as failed.'),
  attachMs: ms(
    10_000,
    'A worker whose slot sockets have not connected by then is killed and counts as failed.',
  ),
  queueMax: count(10_000, 'A higher --queue is refused.'),
  queuedBytesMax: bytes(
    512 * MiB,
    'A queue whose inputs hold more than this is full: further requests are answered 409.',
  ),
  serviceTimesKept: count(
    64,
    'Estimated waits and Retry-After follow this many of the newest predictions, and of the newest trainings.',
  ),
  retryAfterMsMax: ms(300_000, 'No answer tells a client to come back later than this.'),
  cancelAfterMsMax: ms(7 * 24 * 3_600_000, 'A longer Cancel-After is answered 422.'),
  idleTokenMs: ms(
    5_000,
    'A slot that stays busy this long after its terminal message is poisoned and its worker replaced.',
  ),
  cancelGraceMs: ms(
    2_000,
    'A canceled prediction that still runs gets an interrupt where it blocks, and its subprocesses SIGTERM.',
    '--cancel-grace',
  ),
  cancelGraceBlockedMs: ms(
    250,
    'The same where JavaScript blocks the event loop: nothing can hear the signal.',
    '--cancel-grace',
  ),
  cancelTermMs: ms(
    1_000,
    'Subprocesses of a canceled prediction that ignored SIGTERM get SIGKILL.',
    '--cancel-term',
  ),
  cancelKillMs: ms(
    10_000,
    'A canceled prediction that still runs costs its worker: it is killed and replaced.',
    '--cancel-kill',
  ),
  healthcheckMs: ms(5_000, 'A slower healthcheck() counts as unhealthy.'),
  healthcheckStartMs: ms(
    500,
    'A healthcheck() that user code keeps from starting so long is answered with the result before it.',
  ),
  healthcheckReplyMs: ms(10_000, 'A worker that has not reported the result by then counts as unhealthy.'),
  onCancelMs: ms(1_000, 'A scope.onCancel callback that takes longer is left behind; the next one runs.'),
  readinessCheckMs: ms(
    5_000,
    'So often healthcheck() is run for --readiness-file, beside every time the workers come or go.',
  ),
  healthcheckCacheMs: ms(
    1_000,
    'A healthcheck() result younger than this is reused instead of running user code again.',
  ),
  shutdownGraceMs: ms(
    30_000,
    'Predictions that still run are canceled, and then the workers are stopped.',
    '--shutdown-grace',
  ),
  workerStopMs: ms(3_000, 'A worker that has not ended after the shutdown message gets SIGTERM.'),
  workerTermMs: ms(2_000, 'A worker that has not ended after SIGTERM is killed with its process group.'),
  workerEndMs: ms(
    1_000,
    'A worker that closed a channel or reported its own failure is killed when it has not ended by then.',
  ),
  workerReapMs: ms(
    5_000,
    'A killed worker that the kernel has not ended by then is reported and left behind.',
  ),
  workerDrainMs: ms(
    1_000,
    'What an ended worker had still sent is read for this long; then its predictions fail.',
  ),
  describeMs: ms(120_000, 'A worker that has not described its predictor by then is killed (pawl schema).'),
  doctorProbeMs: ms(
    30_000,
    'A process in which `pawl doctor` tries the addon is killed after this long, and its check has failed.',
  ),
  doctorReapMs: ms(
    8_000,
    'An ended orphan that is still in the process table after this long counts as left there (`pawl doctor`).',
  ),
  serverGoneMs: ms(
    200,
    'A worker that lost a slot socket waits this long to see whether its server is gone; then it ends.',
  ),
  restartDelayMsMin: ms(100, 'First pause before a crashed worker is started again; it doubles each time.'),
  restartDelayMsMax: ms(30_000, 'Longest pause between two restarts.'),
  restartResetMs: ms(60_000, 'A worker that stayed ready this long starts again with the shortest pause.'),
  lastWordsBytesMax: bytes(
    4 * KiB,
    'At most this much of the last stderr of a crashed worker is quoted in the error.',
  ),
  retainedPredictions: count(
    1_000,
    'Older finished predictions are forgotten and answer 404.',
    '--retention',
  ),
  retainedBytesMax: bytes(
    256 * MiB,
    'Finished predictions are forgotten, oldest first, once those kept hold more than this, in memory and on disk.',
  ),
  predictionOutputBytesMax: bytes(
    256 * MiB,
    'A prediction whose outputs, files as data URLs included, hold more than this fails.',
  ),
  predictionMetricsBytesMax: bytes(
    1 * MiB,
    'Metrics recorded once a prediction holds this much are ignored, with a line in its log.',
  ),
  streamHistoryEvents: count(
    1_024,
    'A reader that comes to an event stream misses older events, and a `gap` event says how many.',
    '--stream-history',
  ),
  streamHistoryBytesMax: bytes(
    8 * MiB,
    'Older events of a prediction are dropped, outputs not counted; a reader behind them gets a `gap` event.',
  ),
  streamReadersMax: count(1_024, 'A further reader of the same prediction is answered 429.'),
  streamGraceMs: ms(
    5_000,
    'A prediction that was created as an event stream and has had no reader for this long is canceled.',
    '--stream-grace',
  ),
  replicateWaitMs: ms(
    60_000,
    'A request under `/v1` that prefers to wait is answered after this long at the latest.',
  ),
  streamKeepAliveMs: ms(15_000, 'An event stream without an event for this long gets a comment line.'),
  streamRetryMs: ms(1_000, 'How long event streams ask their clients to wait before they connect again.'),
  streamBatchBytesMax: bytes(
    64 * KiB,
    'Events are written to their readers in pieces of about this size; a larger event is one piece.',
  ),
  listPageMax: count(100, 'A list of predictions continues on the page that `next` names.'),
  listPageBytesMax: bytes(
    16 * MiB,
    'A page of the list of predictions ends early once its predictions hold more than this.',
  ),
  metricNameBytesMax: bytes(128, 'A longer metric name throws in predict().'),
  errorTextBytesMax: bytes(64 * KiB, 'Longer error messages and stacks are cut.'),
  serverLogBacklogBytesMax: bytes(
    8 * MiB,
    'Server log lines that stderr does not take fast enough are dropped; a line in their place gives the count.',
  ),
  serverLogFlushMs: ms(
    1_000,
    'A server that ends with an unread log on stderr waits this long, then drops the rest.',
  ),
  connectionCloseMs: ms(
    5_000,
    'An HTTP connection still in use this long after the server has stopped is cut.',
  ),
  keepAliveMs: ms(72_000, 'An idle HTTP connection is closed.'),
  headerBytesMax: bytes(16 * KiB, 'A request with larger headers is answered 431.'),
  headersReceiveMs: ms(
    30_000,
    'A client that has connected and not sent the headers of its request by then is answered 408.',
  ),
  requestReceiveMs: ms(
    300_000,
    'A client that has not sent its whole request by then is answered 408.',
    '--request-timeout',
  ),
  refusedBodyMs: ms(
    30_000,
    'A client that still sends the body of a request that was refused is cut off after this long.',
  ),
  answerStallMs: ms(60_000, 'A client that takes nothing of its answer for this long is disconnected.'),
  connectionsMax: count(8_192, 'Further HTTP connections are closed at once.'),
  authTokenFileBytesMax: bytes(1 * MiB, 'A larger --auth-token-file is refused.'),
  authTokensMax: count(1_000, 'An --auth-token-file with more tokens is refused.'),
  authTokenFileCheckMs: ms(
    1_000,
    'A request that comes later than this after the last look has the --auth-token-file looked at again.',
  ),
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

export function limit(name: LimitName): number {
  return LIMITS[name].value;
}
