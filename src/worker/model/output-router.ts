// Where bytes that JavaScript writes to stdout or stderr go: into the pipe of the work that writes them. Writing is
// synchronous, so a log is live while predict() blocks, in order with what subprocesses write to the same pipe, and
// a flood waits for its reader instead of filling memory.
import { StringDecoder } from 'node:string_decoder';
import { limit } from '../../limits.ts';
import type { NativeApi } from '../../native/native-api.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import type { SharedState } from '../shared-state.ts';
import type { ToIo } from '../thread-messages.ts';
import { type Origin, origins } from './origin.ts';

const PROCESS_FD = { stdout: 1, stderr: 2 } as const;

export class OutputRouter {
  readonly #native: NativeApi;
  readonly #shared: Pick<SharedState, 'claim'>;
  readonly #toIo: (message: ToIo) => void;
  readonly #pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #lastFd = 0;
  #writes = 0;

  constructor(native: NativeApi, shared: Pick<SharedState, 'claim'>, toIo: (message: ToIo) => void) {
    this.#native = native;
    this.#shared = shared;
    this.#toIo = toIo;
  }

  /** Counts writes, so that a wrapper can tell whether a call it made wrote something. */
  get writes(): number {
    return this.#writes;
  }

  /** A text goes as UTF-8. */
  write(stream: OutputStream, data: Uint8Array | string): void {
    this.#writes += 1;
    const origin = origins.getStore();
    if (origin === undefined) return this.#writeTo(PROCESS_FD[stream], data);
    const fd = origin.isActive ? origin.captureFd(stream) : null;
    if (fd !== null) this.#writeTo(fd, data);
    else this.#detached(stream, typeof data === 'string' ? Buffer.from(data) : data, origin);
  }

  /** By message, since no pipe tells whose it is; in pieces, and no faster than the server reads. */
  #detached(stream: OutputStream, bytes: Uint8Array, { id }: Origin): void {
    const decoder = new StringDecoder('utf8');
    const step = limit('logMessageBytesMax');
    for (let from = 0; from < bytes.length; from += step) {
      const piece = Buffer.from(bytes.subarray(from, from + step));
      const isLast = from + step >= bytes.length;
      const data = isLast ? decoder.end(piece) : decoder.write(piece);
      this.#shared.claim(piece.length);
      this.#toIo({ type: 'detached', stream, data, bytes: piece.length, id });
    }
  }

  #writeTo(fd: number, data: Uint8Array | string): void {
    // stdout and stderr are two pipes. Waiting until the other one is read keeps the order in which they were written.
    if (fd !== this.#lastFd && this.#lastFd !== 0) this.#waitUntilRead(this.#lastFd);
    this.#lastFd = fd;
    if (typeof data === 'string') this.#native.writeText(fd, data);
    else this.#native.writeAll(fd, data);
  }

  #waitUntilRead(fd: number): void {
    if (this.#native.pendingBytes(fd) === 0) return;
    const deadline = performance.now() + limit('streamOrderMs');
    for (let waits = 0; performance.now() < deadline; waits += 1) {
      // Its reader may rest from a busy writer (io/captured-stream.ts).
      if (waits === 1) this.#toIo({ type: 'read', slot: origins.getStore()?.at?.slot ?? null });
      Atomics.wait(this.#pause, 0, 0, 0.1);
      if (this.#native.pendingBytes(fd) === 0) return;
    }
  }
}
