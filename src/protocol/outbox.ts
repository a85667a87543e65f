// What one process sends to the slots of one worker, or back: at once where only one prediction is under way, else at
// the end of the turn of the event loop, with everything that came until then, in one write.
import { carriedLine, isCarriable } from './carried.ts';
import type { SlotIndex } from './ids.ts';

/** The socket of a slot. */
export interface Carrier {
  readonly index: SlotIndex;
  /** `onTaken`: the kernel has it, or nobody ever will. */
  write(lines: string, onTaken?: () => void): void;
}

interface Waiting {
  readonly carrier: Carrier;
  readonly lines: readonly string[];
  readonly onTaken: (() => void) | undefined;
}

export class Outbox {
  /** Runs a function after what is happening now. */
  readonly #defer: (fn: () => void) => void;
  #waiting: Waiting[] = [];

  constructor(defer: (fn: () => void) => void) {
    this.#defer = defer;
  }

  /** Nothing waits for the end of the turn. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** `isAlone`: no other prediction is under way that could have something to send as well. */
  send(carrier: Carrier, lines: readonly string[], isAlone: boolean, onTaken?: () => void): void {
    const text = lines.length === 1 ? (lines[0] ?? '') : lines.join('');
    if ((isAlone && this.#waiting.length === 0) || !isCarriable(text)) return carrier.write(text, onTaken);
    if (this.#waiting.length === 0) this.#defer(() => this.flush());
    this.#waiting.push({ carrier, lines, onTaken });
  }

  /** Sends what waits. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const [first, second] = waiting;
    if (first === undefined) return;
    if (second === undefined) return first.carrier.write(first.lines.join(''), first.onTaken);
    let text = '';
    for (const { carrier, lines } of waiting) {
      for (const line of lines) text += carriedLine(carrier.index, line);
    }
    // A stream that is asked when something was taken does more for each write.
    const isAwaited = waiting.some(({ onTaken }) => onTaken !== undefined);
    const onAllTaken = () => {
      for (const { onTaken } of waiting) onTaken?.();
    };
    first.carrier.write(text, isAwaited ? onAllTaken : undefined);
  }
}
