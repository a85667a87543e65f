// The model thread's loop: one method per message of the I/O thread. Owns the runs in flight.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { assert, assertNever } from '../../base/assert.ts';
import { systemClock } from '../../base/clock.ts';
import { type Deferred, deferred } from '../../base/deferred.ts';
import { type ErrorCode, PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { loadLazyParts } from '../../native/first-use.ts';
import type { Interruption } from '../../native/interrupt.ts';
import type { NativeApi } from '../../native/native-api.ts';
import { HttpClient } from '../../net/http-client.ts';
import { UrlGuard } from '../../net/url-guard.ts';
import type { CapturePipes, ControlEvent, Init } from '../../protocol/control-messages.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { HealthcheckId, SlotIndex } from '../../protocol/ids.ts';
import type { Predict, TerminalEvent } from '../../protocol/slot-messages.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { Places } from '../places.ts';
import type { SharedState } from '../shared-state.ts';
import type { SlotBoard } from '../slot-board.ts';
import { slotSockets } from '../slot-socket.ts';
import type { ToIo, ToModel } from '../thread-messages.ts';
import { errorLine } from '../thrown.ts';
import { bounded, wireError } from '../wire-error.ts';
import { checkHealth } from './healthcheck.ts';
import { type BegunModule, beginModule } from './load-module.ts';
import type { LoadedPredictor } from './loaded-predictor.ts';
import { origins } from './origin.ts';
import type { OutputRouter } from './output-router.ts';
import { PredictionRun } from './prediction-run.ts';
import type { RunEnd, RunParts } from './run-parts.ts';
import { SetupOrigin } from './setup-origin.ts';
import { SlotDesk } from './slot-desk.ts';
import { type Loaded, load } from './start-up.ts';
import type { UsageMeter } from './usage-meter.ts';
import { userStack } from './user-stack.ts';

export interface HostParts {
  readonly native: NativeApi;
  readonly places: Places;
  readonly shared: SharedState;
  readonly board: SlotBoard;
  readonly router: OutputRouter;
  readonly interruption: Interruption;
  readonly usage: UsageMeter;
  /** Read ends of the process's own pipes. */
  readonly processPipes: CapturePipes;
  /** Read ends of where subprocesses write that must not reach the log of any prediction. */
  readonly detachedPipes: CapturePipes;
  readonly toIo: (message: ToIo) => void;
  readonly isIoAsleep: () => boolean;
  readonly exit: (code: number) => never;
  /** Called when nobody waits for the worker to be ready any more: for what can be done as well then. */
  readonly afterReady: () => void;
}

type Fds = RunParts['captureFds'];

const PROCESS_FDS: Fds = { stdout: 1, stderr: 2 };

export class Host {
  readonly #parts: HostParts;
  readonly #attached: Deferred<readonly number[]> = deferred();
  readonly #desk: SlotDesk;
  readonly #runs: (PredictionRun | undefined)[] = [];
  /** By slot. */
  #runParts: RunParts[] = [];
  readonly #setupOrigin = new SetupOrigin();
  #begun: BegunModule | null = null;
  #predictor: LoadedPredictor | null = null;
  #exitCode: number = EXIT_CODES.clean;
  #isEnding = false;

  constructor(parts: HostParts) {
    this.#parts = parts;
    const { native, shared, board, toIo, isIoAsleep } = parts;
    const start = (slot: SlotIndex, request: Predict) => this.#start(slot, request);
    this.#desk = new SlotDesk({
      native,
      shared,
      board,
      toIo,
      isIoAsleep,
      sockets: slotSockets,
      defer: setImmediate,
      start,
    });
  }

  handle(message: ToModel): void {
    switch (message.type) {
      case 'init':
        void this.#initialise(message.init);
        return;
      case 'attached':
        return this.#attached.resolve(message.sockets);
      case 'predict':
        return this.#desk.begun(message.slot, message.line);
      case 'cancel':
        return this.#runOf(message.slot, message.run)?.cancel();
      case 'end_if_lost':
        void this.#runOf(message.slot, message.run)?.endIfLost();
        return;
      case 'healthcheck':
        void this.#healthcheck(message.id);
        return;
      case 'shutdown':
        return this.#end(EXIT_CODES.clean, diagnostic('debug', 'the worker ends as it was told'));
      case 'flushed':
        return this.#parts.exit(this.#exitCode);
      default:
        return assertNever(message);
    }
  }

  /** Text about the worker itself, for the server's log. */
  report(text: string): void {
    this.#control(diagnostic('warn', bounded(text)), this.#predictor === null ? 'setup' : 'serving');
  }

  /** What the predictor needs and does not run, while the server does not know yet where its last words would be. */
  begin(): void {
    this.#begun = origins.run(this.#setupOrigin, () => beginModule(this.#parts.places.predictorPath));
  }

  async #initialise(init: Init): Promise<void> {
    const origin = this.#setupOrigin;
    const { predictorPath } = this.#parts.places;
    try {
      const loaded = await origin.run(() => load(init, predictorPath, this.#begun), 'PAWL_LOAD_FAILED');
      if (init.purpose === 'schema') {
        return this.#end(EXIT_CODES.clean, { type: 'described', predictor: loaded.description });
      }
      const { readEnds, writeEnds } = this.#offerSlots(loaded);
      this.#desk.open(await this.#attached.promise, this.#parts.processPipes, readEnds);
      const setup = loaded.predictor.setup;
      const state = await origin.run(
        async () => (setup === null ? undefined : setup({ weights: init.weights })),
        'PAWL_SETUP_THREW',
      );
      const client = new HttpClient(new UrlGuard(init), systemClock);
      this.#runParts = writeEnds.map((captureFds) => this.#partsOfSlot(init, state, client, captureFds));
      this.#predictor = loaded.predictor;
      origin.close();
      this.#parts.usage.ready();
      this.#control({ type: 'ready' }, 'serving');
      // Before any call that can be interrupted, and after what somebody waits for.
      this.#loadLazyParts();
      setImmediate(this.#parts.afterReady);
    } catch (error) {
      this.#setupFailed(error);
    }
  }

  #loadLazyParts(): void {
    try {
      loadLazyParts();
    } catch (error) {
      // The predictor may have put something of its own there.
      this.report(`a global of Node's cannot be read: ${errorLine(error)}`);
    }
  }

  /** One slot writes to the process's own pipes; several have pipes of their own, so that logs cannot mix. */
  #offerSlots({ slots, description: predictor }: Loaded): {
    readonly readEnds: CapturePipes[];
    readonly writeEnds: Fds[];
  } {
    const readEnds: CapturePipes[] = [];
    const writeEnds: Fds[] = [];
    for (let slot = 0; slots > 1 && slot < slots; slot += 1) {
      const stdout = this.#parts.native.capturePipe(limit('slotPipeBytes'));
      const stderr = this.#parts.native.capturePipe(limit('slotPipeBytes'));
      readEnds.push({ stdout: stdout.readEnd, stderr: stderr.readEnd });
      writeEnds.push({ stdout: stdout.writeEnd, stderr: stderr.writeEnd });
    }
    this.#control({ type: 'loaded', predictor, slots, pipes: readEnds, carries: true }, 'setup');
    this.#parts.toIo({ type: 'loaded', slots, pipes: readEnds, detached: this.#parts.detachedPipes });
    return { readEnds, writeEnds: slots > 1 ? writeEnds : [PROCESS_FDS] };
  }

  #partsOfSlot(init: Init, state: unknown, client: HttpClient, captureFds: Fds): RunParts {
    const { inputFileBytesMax, downloadMs, userAgent } = init;
    const { workDir } = this.#parts.places;
    const outputDir = path.join(workDir, 'outputs');
    return {
      clock: systemClock,
      shared: this.#parts.shared,
      interruption: this.#parts.interruption,
      usage: this.#parts.usage,
      state,
      workDir,
      inputSetting: { client, inputFileBytesMax, downloadMs, userAgent },
      captureFds,
      outputDir: () => {
        mkdirSync(outputDir, { recursive: true, mode: 0o700 });
        return outputDir;
      },
      writeLog: (stream, text, origin) => origins.run(origin, () => this.#parts.router.write(stream, text)),
      encode: (message) => encodeFrame(message),
      sendLine: (slot, line) => this.#desk.sendLine(slot, line),
      beforeUserCode: () => this.#desk.flush(),
      ended: (run, event, end) => this.#ended(run, event, end),
    };
  }

  #start(slot: SlotIndex, request: Predict): void {
    const predictor = this.#predictor;
    const parts = this.#runParts[slot];
    const task = request.mode === 'train' ? predictor?.train : predictor?.predict;
    assert(
      task != null && parts !== undefined,
      'a prediction arrived before ready, or a training for nobody',
    );
    // A child process that inherited them may have made the pipes non-blocking for everybody.
    this.#parts.native.setBlocking(1);
    this.#parts.native.setBlocking(2);
    const run = new PredictionRun(slot, request, task, parts);
    this.#runs[slot] = run;
    run.start();
  }

  #ended(run: PredictionRun, event: TerminalEvent | null, { held, ...spent }: RunEnd): void {
    const { slot, run: number } = run.at;
    if (this.#runs[slot] === run) this.#runs[slot] = undefined;
    this.#parts.native.flushStdio();
    const end = event === null ? { id: run.id, ...spent } : encodeFrame(event);
    const isAlone = this.#runs.every((other) => other === undefined);
    this.#desk.end({ type: 'end', slot, run: number, held, end }, isAlone);
  }

  async #healthcheck(id: HealthcheckId): Promise<void> {
    this.#parts.toIo({ type: 'healthcheck_started', id });
    const healthcheck = this.#predictor?.healthcheck ?? null;
    const error = healthcheck === null ? null : await checkHealth(healthcheck, this.#parts.interruption);
    this.#parts.toIo({ type: 'healthcheck_result', id, error });
  }

  #setupFailed(error: unknown): void {
    const code: ErrorCode = error instanceof PawlError ? error.code : 'PAWL_SETUP_THREW';
    const cause = error instanceof PawlError ? error.cause : error;
    const wire = wireError(error, code);
    const stack = cause === undefined ? null : userStack(cause);
    this.#end(EXIT_CODES.setupFailed, { type: 'setup_failed', error: { ...wire, stack } });
  }

  /** Sends a last event, waits until it is written, and ends the process. */
  #end(code: number, event: ControlEvent): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#exitCode = code;
    this.#parts.native.flushStdio();
    this.#desk.flush();
    this.#control(event, 'ending');
  }

  #control(event: ControlEvent, phase: Extract<ToIo, { type: 'control' }>['phase']): void {
    const line = encodeFrame(event);
    this.#parts.shared.claim(line.length);
    this.#parts.toIo({ type: 'control', line, bytes: line.length, phase });
  }

  #runOf(slot: SlotIndex, number: number): PredictionRun | undefined {
    const run = this.#runs[slot];
    return run?.at.run === number ? run : undefined;
  }
}

function diagnostic(level: 'debug' | 'warn', message: string): ControlEvent {
  return { type: 'diagnostic', level, message };
}
