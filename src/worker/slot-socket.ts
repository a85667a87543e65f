// A slot socket, of which each of the two threads has a handle to the same descriptor: the I/O thread connects and writes,
// the model thread reads. So neither ever closes it: a number that one of them has closed may be a file of the user's by
// the time the other one writes. A slot socket that ends takes the process with it.
import { writeSync } from 'node:fs';
import net from 'node:net';
import { assert } from '../base/assert.ts';

/** Node takes it here as well; its types say so only for connections. */
type ReadOptions = net.SocketConstructorOpts & Pick<net.ConnectOpts, 'onread'>;

/** One for all of them: what is read is cut into lines before anything else is read. */
const scratch = Buffer.allocUnsafe(64 * 1024);

const PAUSE_MS = 1;
const pauseCell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** As it is now: user code may put something else in its place. */
const write = writeSync;

export class SlotSocket extends net.Socket {
  /** Of what is connected. */
  get fd(): number {
    const handle: unknown = Reflect.get(this, '_handle');
    const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
    assert(typeof fd === 'number' && fd >= 0, 'Node does not tell the descriptor of a slot socket');
    return fd;
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    done(error);
  }
}

/** What the model thread does with descriptors of slot sockets. */
export const slotSockets = {
  listen(fd: number, onBytes: (bytes: Buffer) => boolean, onLost: (reason: string | null) => void): void {
    const callback = (count: number) => onBytes(scratch.subarray(0, count));
    const options: ReadOptions = {
      fd,
      readable: true,
      writable: false,
      onread: { buffer: scratch, callback },
    };
    const socket = new SlotSocket(options);
    socket.on('error', (error) => onLost(error.message));
    socket.on('end', () => onLost(null));
  },
  write(fd: number, bytes: Buffer): number {
    return write(fd, bytes);
  },
  writeRest(fd: number, bytes: Buffer, ms: number): void {
    const until = performance.now() + ms;
    for (let rest = bytes; rest.length > 0; ) {
      const count = writeSome(fd, rest);
      rest = rest.subarray(count);
      if (count > 0) continue;
      if (performance.now() >= until) {
        throw new Error(`the server has taken a part of a message and nothing more within ${ms / 1000} s`);
      }
      Atomics.wait(pauseCell, 0, 0, PAUSE_MS);
    }
  },
} as const;

/** 0 where the kernel has no room. */
function writeSome(fd: number, bytes: Buffer): number {
  try {
    return write(fd, bytes);
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'EAGAIN') return 0;
    throw error;
  }
}
