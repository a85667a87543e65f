// From what predict() returned to `output` messages: one for a value, one per item as a generator yields it.
import type { PredictionId } from '../../../protocol/ids.ts';
import type { OutputSchema } from '../loaded-predictor.ts';
import { checkOutput, packOutput } from './emit.ts';
import { type EncodedOutput, encodeOutput } from './encode.ts';
import { classifyReturned } from './kind.ts';
import { OutputArea, type OutputAreaParts, type OutputKind } from './output-area.ts';

export interface DeliverParts extends OutputAreaParts {
  readonly id: PredictionId;
  readonly schema: OutputSchema | null;
  readonly throwIfCanceled: () => void;
  /** Runs `fn` as the prediction: a generator's body has the context of whoever calls next(). */
  readonly enter: <T>(fn: () => T) => T;
  /** `isLast`: nothing follows but the end of the prediction. */
  readonly sendLine: (line: string, isLast: boolean) => void;
}

/** `list` where a generator ran, even when it yielded nothing. */
export async function deliver(returned: unknown, parts: DeliverParts): Promise<'value' | 'list'> {
  const classified = classifyReturned(returned);
  switch (classified.kind) {
    case 'promise':
      return deliver(await classified.promise, parts);
    case 'value':
      await new OutputSender(parts).send(classified.value, 'value');
      return 'value';
    default:
      await deliverItems(classified.iterator, parts);
      return 'list';
  }
}

async function deliverItems(
  iterator: Iterator<unknown> | AsyncIterator<unknown>,
  parts: DeliverParts,
): Promise<void> {
  const sender = new OutputSender(parts);
  for (;;) {
    // Where next() itself fails there is nothing to finish, as for `for … of`. An interrupted generator counts as running
    // for ever: an async one would never answer return().
    const next = parts.enter(() => iterator.next());
    // A synchronous generator is not made to wait for a turn of the event loop at each item.
    const item = 'then' in next ? await next : next;
    if (item.done) return;
    try {
      parts.throwIfCanceled();
      const sent = sender.send(item.value, 'chunk');
      if (sent instanceof Promise) await sent;
    } catch (error) {
      await finish(iterator, parts);
      throw error;
    }
  }
}

/** Lets the generator's own `finally` run. What it throws then must not hide why it was ended. */
async function finish(
  iterator: Iterator<unknown> | AsyncIterator<unknown>,
  parts: DeliverParts,
): Promise<void> {
  try {
    await parts.enter(() => iterator.return?.());
  } catch {
    // The first error is the one the client sees.
  }
}

class OutputSender {
  readonly #parts: DeliverParts;
  readonly #area: OutputArea;
  #index = 0;

  constructor(parts: DeliverParts) {
    this.#parts = parts;
    this.#area = new OutputArea(parts);
  }

  /** A promise only where something had to be awaited. */
  send(value: unknown, kind: OutputKind): void | Promise<void> {
    const index = this.#index;
    this.#index += 1;
    const path = kind === 'value' ? 'output' : `output[${index}]`;
    const encoded = encodeOutput(value, { area: this.#area, kind, path });
    if (encoded instanceof Promise) return encoded.then((done) => this.#sendEncoded(done, kind, index, path));
    return this.#sendEncoded(encoded, kind, index, path);
  }

  #sendEncoded(encoded: EncodedOutput, kind: OutputKind, index: number, path: string): void | Promise<void> {
    const { id, schema: declared, outputDir, sendLine } = this.#parts;
    const schema = kind === 'chunk' ? (declared?.items ?? declared) : declared;
    if (schema !== null) checkOutput(encoded, schema, path);
    const line = packOutput(encoded, { id, kind, index, outputDir });
    const isLast = kind === 'value';
    if (line instanceof Promise) return line.then((done) => sendLine(done, isLast));
    sendLine(line, isLast);
  }
}
