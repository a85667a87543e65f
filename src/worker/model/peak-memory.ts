// The highest resident memory of this process since a moment of our choosing, at a price that fits into a prediction.
// getrusage() tells it for a few microseconds, but starts from what the server held when it forked this process; only
// above that does it speak of us, and below it the exact figure of /proc is read, which takes five times as long.
import { openSync, readSync, writeSync } from 'node:fs';

const KIB = 1024;
const LABEL = 'VmHWM:';
/** clear_refs: start the peak anew from what is resident now. */
const RESET_PEAK = Buffer.from('5');

export class PeakMemory {
  readonly #clearRefs = openOrNull('/proc/self/clear_refs', 'w');
  readonly #status = openOrNull('/proc/self/status', 'r');
  readonly #buffer = Buffer.alloc(4 * KIB);
  /** What getrusage() says at least, whatever this process holds. */
  readonly #floorKib: number;

  constructor() {
    this.reset();
    this.#floorKib = this.#status === null ? 0 : process.resourceUsage().maxRSS;
  }

  /** Where the system cannot (macOS, some sandboxes), the peak stays that of the whole life of the process. */
  reset(): void {
    if (this.#clearRefs !== null) writeSync(this.#clearRefs, RESET_PEAK);
  }

  /** `maxRssKib` is what process.resourceUsage() just said. Null where the system does not tell. */
  bytes(maxRssKib: number): number | null {
    const kib = maxRssKib > this.#floorKib ? maxRssKib : this.#exactKib();
    return kib === null || kib <= 0 ? null : kib * KIB;
  }

  #exactKib(): number | null {
    if (this.#status === null) return null;
    const length = readSync(this.#status, this.#buffer, 0, this.#buffer.length, 0);
    const at = this.#buffer.indexOf(LABEL);
    if (at === -1 || at > length) return null;
    return Number.parseInt(this.#buffer.toString('latin1', at + LABEL.length, at + LABEL.length + 32), 10);
  }
}

function openOrNull(path: string, flags: 'r' | 'w'): number | null {
  try {
    return openSync(path, flags);
  } catch {
    // Not this system, or not allowed here.
    return null;
  }
}
