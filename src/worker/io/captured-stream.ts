// The read end of one capture pipe: reads as bytes arrive, on demand to the last byte (drain), and not at all
// while it is paused. Owns the descriptor.
import net from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import type { NativeApi } from '../../native/native-api.ts';
import { LineAssembler } from './line-assembler.ts';

/** One for all streams of the thread: what is read is cut into lines before anything else is read. */
const scratch = Buffer.allocUnsafe(64 * 1024);

/** Node takes it here as well; its types say so only for connections. */
type SocketOptions = net.SocketConstructorOpts & Pick<net.ConnectOpts, 'onread'>;

export interface CapturedStreamEvents {
  onText(text: string): void;
  /** All that there was has been read, because something had come. */
  onEmptied(stream: CapturedStream): void;
  /** Runs `fn`, which has text in its hands. */
  whileTaken(fn: () => void): void;
}

export class CapturedStream {
  readonly fd: number;
  readonly #native: NativeApi;
  readonly #socket: net.Socket;
  readonly #lines: LineAssembler;
  /** For its pair: when it was emptied last. */
  readTick = Number.NEGATIVE_INFINITY;

  constructor(fd: number, native: NativeApi, clock: Clock, events: CapturedStreamEvents) {
    this.fd = fd;
    this.#native = native;
    this.#lines = new LineAssembler(clock, (text) => events.onText(text));
    const callback = (count: number) => {
      events.whileTaken(() => this.#lines.push(scratch.subarray(0, count)));
      if (count < scratch.length) events.onEmptied(this);
      return true;
    };
    const options: SocketOptions = {
      fd,
      readable: true,
      writable: false,
      onread: { buffer: scratch, callback },
    };
    this.#socket = new net.Socket(options);
    // The write end lives as long as the process; an error here means that it is ending, and EOF needs no handling.
    this.#socket.on('error', () => {});
  }

  /** Nothing of an unfinished line, nor of one that was cut, is left from what was read. */
  get isFresh(): boolean {
    return this.#lines.isFresh;
  }

  /**
   * Reads everything that was written before the call. Bounded by the pipe's size: a writer that never stops cannot
   * hold the drain, and what it writes meanwhile is later output.
   */
  drain(): void {
    let room = limit('capturePipeBytes');
    while (room > 0) {
      const count = this.#native.readAvailable(this.fd, scratch);
      if (count === 0) return;
      this.#lines.push(scratch.subarray(0, count));
      room -= count;
    }
  }

  /** Emits an unfinished line: its prediction, or the phase it belongs to, is over. */
  flush(): void {
    this.#lines.flush();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
