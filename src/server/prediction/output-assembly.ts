// Puts the outputs of one prediction together: in order, also when one has to be read from disk first. A failure or
// an abort ends the assembly; what arrives later is only cleaned up.

import type { Json } from '../../base/json.ts';
import { approximateBytes } from '../../base/json-measure.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type { Output } from '../../protocol/slot-messages.ts';
import type { OutputDelivery } from './output-delivery.ts';

export interface AssemblyEvents {
  onItem(index: number, value: Json): void;
  onFailure(error: PawlError): void;
}

export class OutputAssembly {
  readonly #delivery: OutputDelivery;
  readonly #events: AssemblyEvents;
  readonly #bytesMax: number;
  #value: Json | undefined;
  #chunks: Json[] = [];
  #count = 0;
  #bytes = 0;
  /** Settles when everything received so far is in place; null while nothing is being read. */
  #tail: Promise<void> | null = null;
  #reading: AbortController | null = null;
  #isOver = false;

  constructor(
    delivery: OutputDelivery,
    events: AssemblyEvents,
    bytesMax: number = limit('predictionOutputBytesMax'),
  ) {
    this.#delivery = delivery;
    this.#events = events;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  receive(output: Output): void {
    const { payload, files } = output;
    if (this.#tail === null && payload.in === 'message' && files.length === 0) {
      if (!this.#isOver) this.#add(output.kind, payload.value);
      return;
    }
    const tail: Promise<void> = (this.#tail ?? Promise.resolve())
      .then(() => this.#read(output))
      .catch((cause: unknown) => this.#fail(asPawlError(cause)))
      .then(() => {
        if (this.#tail === tail) this.#tail = null;
      });
    this.#tail = tail;
  }

  /** Null when everything received is in place. */
  settled(): Promise<void> | null {
    return this.#tail;
  }

  abort(): void {
    this.#isOver = true;
    this.#reading?.abort();
  }

  /** What there is so far: the value, else the chunks, else undefined. */
  get partial(): Json | undefined {
    if (this.#value !== undefined) return this.#value;
    return this.#chunks.length > 0 ? this.#chunks : undefined;
  }

  final(kind: 'value' | 'list'): Json {
    return kind === 'list' ? this.#chunks : (this.#value ?? null);
  }

  async #read(output: Output): Promise<void> {
    if (this.#isOver) return this.#delivery.discard(output);
    this.#reading = new AbortController();
    const value = await this.#delivery.deliver(output, this.#reading.signal);
    if (!this.#isOver) this.#add(output.kind, value);
  }

  #add(kind: Output['kind'], value: Json): void {
    this.#bytes += approximateBytes(value);
    if (this.#bytes > this.#bytesMax) {
      const message = `the outputs are larger than ${this.#bytesMax} bytes together; return less, or write files`;
      return this.#fail(new PawlError('PAWL_OUTPUT_INVALID', message));
    }
    if (kind === 'value') this.#value = value;
    else this.#chunks.push(value);
    this.#events.onItem(this.#count++, value);
  }

  #fail(error: PawlError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.onFailure(error);
  }
}

function asPawlError(cause: unknown): PawlError {
  if (cause instanceof PawlError) return cause;
  return new PawlError('PAWL_OUTPUT_FILE_FAILED', 'an output could not be read', { cause });
}
