// console.log() of one text, by far the most frequent call: the line goes to its stream at once. Node's own console tells
// the inspector first, which keeps the last thousand lines, then formats, then writes to a stream with a callback; all
// that takes ten times as long. Whatever is not that simple goes Node's way, and looks the same in the log.
import { channel } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import type { OutputStream } from '../../protocol/control-messages.ts';

export interface QuickStream {
  /** Nobody has put something in place of it, or of its write(). */
  readonly isOurs: () => boolean;
  readonly write: (text: string) => void;
}

const METHODS = { log: 'stdout', info: 'stdout', debug: 'stdout', warn: 'stderr', error: 'stderr' } as const;

type Method = keyof typeof METHODS;

export class QuickConsole {
  readonly #streams: { readonly [stream in OutputStream]: QuickStream };
  /** Null where this Node keeps the indentation of groups elsewhere. */
  readonly #indentKey: symbol | null;
  /** Says whether an inspector is attached, to whom the console belongs then; null until prepare(). */
  #inspectorUrl: (() => string | undefined) | null = null;

  constructor(streams: { readonly [stream in OutputStream]: QuickStream }, indentKey: symbol | null) {
    this.#streams = streams;
    this.#indentKey = indentKey;
  }

  install(target: Console): void {
    const key = this.#indentKey;
    if (key === null) return;
    for (const method of Object.keys(METHODS) as Method[]) this.#replace(target, method, key);
  }

  /** Until then everything goes Node's way. Not done at once, since it takes a millisecond of the start. */
  prepare(): void {
    try {
      const { url }: typeof import('node:inspector') = createRequire(import.meta.url)('node:inspector');
      this.#inspectorUrl = url;
    } catch {
      // A Node that was built without it.
      this.#inspectorUrl = () => undefined;
    }
  }

  #isInspected(): boolean {
    return this.#inspectorUrl === null || this.#inspectorUrl() !== undefined;
  }

  #replace(target: Console, method: Method, indentKey: symbol): void {
    const original = target[method];
    const stream = this.#streams[METHODS[method]];
    const subscribers = channel(`console.${method}`);
    const quick = (...args: unknown[]): void => {
      const [text] = args;
      const isSimple = args.length === 1 && typeof text === 'string' && Reflect.get(target, indentKey) === '';
      if (!isSimple || subscribers.hasSubscribers || this.#isInspected() || !stream.isOurs()) {
        return Reflect.apply(original, target, args);
      }
      try {
        stream.write(`${text}\n`);
      } catch {
        // Node's knows which errors are the caller's.
        Reflect.apply(original, target, args);
      }
    };
    Object.defineProperties(quick, Object.getOwnPropertyDescriptors(original));
    target[method] = quick;
  }
}
