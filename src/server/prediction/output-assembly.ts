// Puts the outputs of one prediction together: in order, also when one has to be read or delivered first. A failure or
// an abort ends the assembly; what arrives later is only cleaned up. Holds what of it is stored on disk.
import { approximateBytes } from '../../base/json-measure.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type { Output } from '../../protocol/slot-messages.ts';
import type { Shown, StoredValue } from '../payload/stored-value.ts';
import type { DeliveryContext, OutputDelivery, PredictionDelivery, TakenOutput } from './output-delivery.ts';

const BYTES_MAX = limit('predictionOutputBytesMax');

export interface AssemblyEvents {
  onItem(index: number, value: Shown): void;
  onFailure(error: PawlError): void;
}

export interface AssemblyParts {
  readonly context: DeliveryContext;
  readonly delivery: OutputDelivery;
  readonly events: AssemblyEvents;
  readonly bytesMax?: number;
}

export class OutputAssembly {
  readonly #parts: AssemblyParts;
  /** Made for the first output that lies on disk: most predictions have none. */
  #delivery: PredictionDelivery | null = null;
  #stop: AbortController | null = null;
  #value: Shown | undefined;
  #chunks: Shown[] = [];
  #stored: StoredValue[] = [];
  #count = 0;
  #bytes = 0;
  /** Settles when everything received so far is in place; null while nothing is waited for. */
  #tail: Promise<void> | null = null;
  #isOver = false;

  constructor(parts: AssemblyParts) {
    this.#parts = parts;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Is something of it on disk? */
  get hasStored(): boolean {
    return this.#stored.length > 0;
  }

  receive(output: Output): void {
    const { kind, payload, files } = output;
    if (payload.in === 'file' || files.length > 0) return this.#receiveFromDisk(output);
    // Counted before its turn: what waits behind a slow delivery is in memory, too.
    if (this.#isOver || !this.#afford(approximateBytes(payload.value))) return;
    if (this.#tail === null) this.#add(kind, payload.value);
    else this.#follow(async () => this.#add(kind, payload.value));
  }

  /** Null when everything received is in place. */
  settled(): Promise<void> | null {
    return this.#tail;
  }

  abort(): void {
    this.#isOver = true;
    this.#stop?.abort();
  }

  /** What there is so far: the value, else the chunks, else undefined. */
  get partial(): Shown | undefined {
    if (this.#value !== undefined) return this.#value;
    return this.#chunks.length > 0 ? this.#chunks : undefined;
  }

  final(kind: 'value' | 'list'): Shown {
    return kind === 'list' ? this.#chunks : (this.#value ?? null);
  }

  /** Lets go of what is on disk, when nobody asks for the output any more. */
  release(): void {
    for (const value of this.#stored) value.release();
    this.#stored = [];
  }

  #receiveFromDisk(output: Output): void {
    this.#delivery ??= this.#beginDelivery();
    const taken = this.#delivery.take(output);
    this.#follow(() => this.#place(output.kind, taken));
  }

  #beginDelivery(): PredictionDelivery {
    const stop = new AbortController();
    this.#stop = stop;
    if (this.#isOver) stop.abort();
    const { context, delivery } = this.#parts;
    return delivery.begin(context, stop.signal);
  }

  /** One after the other, in the order of arrival, whatever their deliveries do meanwhile. */
  #follow(step: () => Promise<void>): void {
    const tail: Promise<void> = (this.#tail ?? Promise.resolve())
      .then(step)
      .catch((cause: unknown) => this.#fail(asPawlError(cause)))
      .then(() => {
        if (this.#tail === tail) this.#tail = null;
      });
    this.#tail = tail;
  }

  async #place(kind: Output['kind'], taken: TakenOutput): Promise<void> {
    if (this.#isOver) return taken.discard();
    const { value, stored } = await taken.deliver();
    const storedBytes = stored.reduce((sum, { bytes }) => sum + bytes, 0);
    if (!this.#isOver && this.#afford(approximateBytes(value) + storedBytes)) {
      this.#stored.push(...stored);
      this.#add(kind, value);
    } else for (const one of stored) one.release();
  }

  /** False where that is more than a prediction may hold: it has failed then. */
  #afford(bytes: number): boolean {
    this.#bytes += bytes;
    const { bytesMax = BYTES_MAX } = this.#parts;
    if (this.#bytes <= bytesMax) return true;
    const message = `the outputs are larger than ${bytesMax} bytes together; return less, or write files`;
    this.#fail(new PawlError('PAWL_OUTPUT_INVALID', message));
    return false;
  }

  #add(kind: Output['kind'], value: Shown): void {
    if (this.#isOver) return;
    if (kind === 'value') this.#value = value;
    else this.#chunks.push(value);
    this.#parts.events.onItem(this.#count++, value);
  }

  #fail(error: PawlError): void {
    if (this.#isOver) return;
    this.abort();
    this.#parts.events.onFailure(error);
  }
}

function asPawlError(cause: unknown): PawlError {
  if (cause instanceof PawlError) return cause;
  return new PawlError('PAWL_OUTPUT_FILE_FAILED', 'an output could not be read', { cause });
}
