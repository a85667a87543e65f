// The end of a worker, as its output tells it: what nobody had read goes to the log it belongs to, and the last words
// explain to each prediction why it failed. Nothing that may be another prediction's is quoted.
import { limit } from '../../limits.ts';
import type { OutputStream } from '../../protocol/control-messages.ts';
import type { LastWords } from '../slot/last-words.ts';
import type { CaptureRemains } from './capture-remains.ts';
import type { WorkerOutput } from './worker-output.ts';

/** A slot, as far as its output goes. */
export interface WritingSlot {
  readonly isRunning: boolean;
  /** It died while it sent something. */
  readonly isTorn: boolean;
  /** The end of what its prediction wrote to stderr. */
  readonly lastWords: LastWords;
  lastOutput(stream: OutputStream, text: string): void;
}

const GAP = '[**** OUTPUT MAY BE MISSING HERE: THE WORKER DIED WHILE IT SENT IT ****]\n';
/** A worker that leaves more than this was behind with sending; then it had some in hand, too. */
const BEHIND_LENGTH = limit('captureBacklogBytesMax') / 2;

export interface LastOutputParts {
  readonly slots: readonly WritingSlot[];
  readonly output: WorkerOutput;
  /** null where the process never started. */
  readonly remains: Pick<CaptureRemains, 'ofProcess' | 'ofSlot'> | null;
  /** What the runtime wrote to the process's original stderr. */
  readonly runtimeWords: string;
  readonly isSetUp: boolean;
}

export class LastOutput {
  readonly #parts: LastOutputParts;

  /** Hands out what remains. Everything that the worker had sent must have arrived. */
  constructor(parts: LastOutputParts) {
    this.#parts = parts;
    const { slots, remains } = parts;
    if (remains === null) return;
    slots.forEach((slot, index) => {
      for (const { stream, text } of remains.ofSlot(index)) this.#toSlot(slot, stream, text);
    });
    for (const { stream, text } of remains.ofProcess()) this.#fromProcess(stream, text);
  }

  /** For the prediction on `slot`. */
  wordsOf(slot: WritingSlot): string {
    const { output, runtimeWords } = this.#parts;
    // What the whole process said may be about anybody; that it ends is about everybody.
    const notices = joined(output.lastWords.deathNotice, slot.lastWords.deathNotice);
    return joined(runtimeWords, notices === '' ? slot.lastWords.text : notices);
  }

  /** For everybody else: the log of the server, setup, healthchecks. */
  get words(): string {
    const { output, runtimeWords, slots, isSetUp } = this.#parts;
    if (!isSetUp) return joined(runtimeWords, output.lastWords.deathNotice || output.lastWords.text);
    const notices = [output.lastWords, ...slots.map((slot) => slot.lastWords)].map(
      (words) => words.deathNotice,
    );
    return joined(runtimeWords, ...notices);
  }

  #fromProcess(stream: OutputStream, text: string): void {
    const { slots, output, isSetUp } = this.#parts;
    const running = slots.filter((slot) => slot.isRunning);
    const [only] = running;
    if (!isSetUp) output.captured({ type: 'log', stream, data: text, origin: 'setup', id: null });
    else if (only !== undefined && running.length === 1) this.#toSlot(only, stream, text);
    else {
      const origin = running.length === 0 ? 'detached' : 'unattributed';
      output.captured({ type: 'log', stream, data: text, origin, id: null });
    }
  }

  #toSlot(slot: WritingSlot, stream: OutputStream, text: string): void {
    if (slot.isRunning) {
      if (slot.isTorn || text.length > BEHIND_LENGTH) slot.lastOutput(stream, GAP);
      slot.lastOutput(stream, text);
    } else this.#parts.output.captured({ type: 'log', stream, data: text, origin: 'detached', id: null });
  }
}

function joined(...texts: readonly string[]): string {
  return [...new Set(texts.filter((text) => text !== ''))].join('\n');
}
