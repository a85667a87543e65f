// stdout and stderr of the same writers, and when they are read: as bytes arrive, not at all while their consumer is
// behind, and after short rests where somebody writes without a pause to one of them. Each line of a loop that prints would
// wake this thread otherwise, and reach the server by itself, which takes longer than to print it.
import type { Clock, Timer } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import type { NativeApi } from '../../native/native-api.ts';
import type { CapturePipes, OutputStream } from '../../protocol/control-messages.ts';
import { CapturedStream } from './captured-stream.ts';

export interface CapturedPairParts {
  readonly native: NativeApi;
  readonly clock: Clock;
  readonly whileTaken: (fn: () => void) => void;
}

export class CapturedPair {
  readonly streams: readonly [CapturedStream, CapturedStream];
  readonly #clock: Clock;
  #isHeld = false;
  #resting: Timer | null = null;

  constructor(
    pipes: CapturePipes,
    { native, clock, whileTaken }: CapturedPairParts,
    emit: (stream: OutputStream, text: string) => void,
  ) {
    this.#clock = clock;
    const open = (name: OutputStream) =>
      new CapturedStream(pipes[name], native, clock, {
        onText: (text) => emit(name, text),
        onEmptied: (stream) => this.#wasEmptied(stream),
        whileTaken,
      });
    this.streams = [open('stdout'), open('stderr')];
  }

  pause(): void {
    this.#isHeld = true;
    this.#stop();
  }

  resume(): void {
    this.#isHeld = false;
    if (this.#resting === null) this.#start(this.streams[0]);
  }

  #wasEmptied(stream: CapturedStream): void {
    const now = this.#clock.monotonic();
    const since = now - limit('captureBusyMs');
    const isBusy = stream.readTick > since && this.#otherOf(stream).readTick <= since;
    stream.readTick = now;
    if (isBusy && this.#resting === null) this.#rest(stream);
  }

  #rest(busy: CapturedStream): void {
    this.#stop();
    this.#resting = this.#clock.after(limit('captureRestMs'), () => {
      this.#resting = null;
      // The other one was quiet: what it has by now probably came last.
      if (!this.#isHeld) this.#start(busy);
    });
  }

  #stop(): void {
    for (const stream of this.streams) stream.pause();
  }

  #start(first: CapturedStream): void {
    first.resume();
    this.#otherOf(first).resume();
  }

  #otherOf(stream: CapturedStream): CapturedStream {
    const [stdout, stderr] = this.streams;
    return stream === stdout ? stderr : stdout;
  }
}
