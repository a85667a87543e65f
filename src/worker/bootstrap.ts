// First code of the worker process. It takes the channels away from stdin and stdout before anything else runs, then
// starts the I/O thread and the model thread's host. It imports no user code and nothing that touches process.stdout.
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { packagePath } from '../base/package-place.ts';
import { type ErrorCode, PawlError } from '../errors.ts';
import { limit } from '../limits.ts';
import { loadNative } from '../native/binding.ts';
import { Interruption } from '../native/interrupt.ts';
import type { NativeApi, Redirected } from '../native/native-api.ts';
import { installRuntime } from '../predictor/runtime.ts';
import type { ControlEvent } from '../protocol/control-messages.ts';
import { WORKER_MARK_VARIABLE } from '../protocol/environment.ts';
import { encodeFrame } from '../protocol/frame.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { isAsleep } from './model/asleep.ts';
import { installContainment } from './model/containment.ts';
import { Host } from './model/host.ts';
import { origins } from './model/origin.ts';
import { OutputRouter } from './model/output-router.ts';
import { PeakMemory } from './model/peak-memory.ts';
import { installStandardStreams } from './model/standard-streams.ts';
import { installSubprocesses } from './model/subprocess/install.ts';
import { UsageMeter } from './model/usage-meter.ts';
import { takePlaces } from './places.ts';
import { SharedState } from './shared-state.ts';
import { SlotBoard } from './slot-board.ts';
import type { IoStart, ToIo, ToModel } from './thread-messages.ts';
import { wireError } from './wire-error.ts';

const native = nativeOrEnd();
const redirected = redirectOrEnd();
const shared = new SharedState();
const board = new SlotBoard();
const interruption = new Interruption(native);
const places = takePlaces(redirected.controlIn) ?? native.exitNow(EXIT_CODES.serverGone);
const start: IoStart = {
  places,
  controlIn: redirected.controlIn,
  controlOut: redirected.controlOut,
  capture: { stdout: redirected.capturedStdout, stderr: redirected.capturedStderr },
  shared: shared.buffer,
  board: board.buffer,
  uninterruptible: interruption.unavailable,
};
const io = new Worker(packagePath('dist', 'worker', 'start', 'main.js'), { workerData: start, execArgv: [] });

const pipeBytes = limit('slotPipeBytes');
const detached = { stdout: native.capturePipe(pipeBytes), stderr: native.capturePipe(pipeBytes) };
// Orphans of a prediction's subprocesses come to this process, where they are found and ended.
native.adoptOrphans();
native.pauseAborts(redirected.capturedStdout, redirected.capturedStderr);
const usage = new UsageMeter({ shared, memory: new PeakMemory() });
const router = new OutputRouter(native, shared, (message) => io.postMessage(message));
const exit = installContainment((text) => host.report(text));
const host = new Host({
  native,
  places,
  shared,
  board,
  router,
  interruption,
  usage,
  processPipes: start.capture,
  detachedPipes: { stdout: detached.stdout.readEnd, stderr: detached.stderr.readEnd },
  toIo: (message) => io.postMessage(message),
  isIoAsleep: () => isAsleep(io),
  exit,
  afterReady: () => quickConsole.prepare(),
});
const quickConsole = installStandardStreams(router, (text) => host.report(text));
installSubprocesses({
  current: () => origins.getStore(),
  detachedFd: (stream) => detached[stream].writeEnd,
  spawning: (at) => {
    usage.spawning(at);
    const count = shared.spawning(at);
    if (at !== null) io.postMessage({ type: 'spawning' } satisfies ToIo);
    return count;
  },
  spawned: (spawned) => io.postMessage({ type: 'spawned', spawned } satisfies ToIo),
  carry: { [WORKER_MARK_VARIABLE]: process.env[WORKER_MARK_VARIABLE] ?? '' },
  report: (text) => host.report(text),
});
installRuntime({
  currentScope: () => origins.getStore()?.scope ?? null,
  interruptible: (call) => {
    const origin = origins.getStore();
    return origin?.isActive ? origin.guarded(call) : call();
  },
  isCancelable: () => native.tokenInside() !== 0,
});
// libuv made the pipes non-blocking when the streams were first touched; writers must wait, not lose.
native.setBlocking(1);
native.setBlocking(2);

io.on('message', (message: ToModel) => host.handle(message));
io.on('error', (error) => {
  native.writeAll(redirected.originalStderr, Buffer.from(`the worker's I/O thread failed: ${error.stack}\n`));
  native.exitNow(EXIT_CODES.fatal);
});

// While the I/O thread starts, through which everything else is told.
host.begin();

function nativeOrEnd(): NativeApi {
  try {
    return loadNative();
  } catch (error) {
    return end(error, 'PAWL_ADDON_UNAVAILABLE');
  }
}

/** EINVAL: the limit leaves out the very numbers that the channels are moved to. */
function redirectOrEnd(): Redirected {
  try {
    return native.redirect(limit('capturePipeBytes'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'is the limit of open files (ulimit -n) too low? pawl doctor says how many are needed';
    const message = `the worker could not set up its pipes (${reason}): ${hint}`;
    return end(new PawlError('PAWL_WORKER_CRASHED', message, { cause }), 'PAWL_WORKER_CRASHED');
  }
}

/** Nothing is redirected yet: the answer goes where the control channel still is. */
function end(error: unknown, code: ErrorCode): never {
  const { pid, versions } = process;
  const hello = { type: 'hello', protocol: PROTOCOL_VERSION, pid, node: versions.node } as const;
  send({ ...hello, uninterruptible: null, pipes: null });
  send({ type: 'setup_failed', error: { ...wireError(error, code), stack: null } });
  return process.exit(EXIT_CODES.setupFailed);
}

function send(event: ControlEvent): void {
  writeSync(1, encodeFrame(event));
}
