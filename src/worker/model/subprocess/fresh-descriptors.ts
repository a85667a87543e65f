// A descriptor of its own, on the same pipe, for each start of a subprocess. A Node program makes what it inherits
// non-blocking, for everybody who shares the open file; killed, it leaves it so, and the next printer loses text.
//
// Safety contract: what is opened here is closed after the start, at the latest at the next one. An interrupt may end a
// synchronous start without running `finally`; starts never overlap on this thread, so the next may close what is left.
import { closeSync, constants, openSync } from 'node:fs';

const opened: number[] = [];

/** `fd` itself where the system can't open a pipe again (macOS) or no descriptor is free. */
export function freshDescriptor(fd: number): number {
  try {
    const fresh = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY);
    opened.push(fresh);
    return fresh;
  } catch {
    // The shared one works as well, with the risk named above.
    return fd;
  }
}

export function closeFreshDescriptors(): void {
  for (const fd of opened.splice(0)) closeSync(fd);
}
