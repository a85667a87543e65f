// Frees a main thread that waits in open() for the other end of a FIFO: libuv repeats that call whenever a signal
// breaks it. Linux only; opens nothing but the very FIFO the main thread waits for, and only for a moment.
import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** Number of the system call → which argument is the path. */
const OPEN_CALLS: Readonly<Partial<Record<NodeJS.Architecture, ReadonlyMap<string, number>>>> = {
  x64: new Map([
    ['2', 0],
    ['257', 1],
  ]),
  arm64: new Map([['56', 1]]),
};
const PATH_BYTES_MAX = 4096;

/**
 * On another thread than the main one. `isStillWanted` is asked again between looking and acting, so that the open()
 * of later work is left alone. True when a FIFO was opened.
 */
export function rescueBlockedOpen(isStillWanted: () => boolean): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const call = readFileSync(`/proc/self/task/${process.pid}/syscall`, 'latin1').split(' ');
    const argument = OPEN_CALLS[process.arch]?.get(call[0] ?? '');
    if (argument === undefined || !isStillWanted()) return false;
    const path = textAt(BigInt(call[1 + argument] ?? 0));
    if (!statSync(path).isFIFO()) return false;
    closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    return true;
  } catch {
    // The thread has moved on meanwhile, or this system does not let a process look at itself.
    return false;
  }
}

/** The C string at an address of this process. A relative path is meant as the main thread means it: they share a folder. */
function textAt(address: bigint): Buffer {
  const memory = openSync('/proc/self/mem', 'r');
  try {
    const bytes = Buffer.alloc(PATH_BYTES_MAX);
    const length = bytes.subarray(0, readSync(memory, bytes, 0, bytes.length, address)).indexOf(0);
    if (length <= 0) throw new Error('not the address of a path');
    return bytes.subarray(0, length);
  } finally {
    closeSync(memory);
  }
}
