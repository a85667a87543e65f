// The log of one prediction, bounded. Text beyond the bound is counted, not kept.
import { limit } from '../../limits.ts';

export class LogBuffer {
  readonly #bytesMax: number;
  #parts: string[] = [];
  #bytes = 0;
  #droppedBytes = 0;

  constructor(bytesMax: number = limit('predictionLogBytesMax')) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(data: string): void {
    const bytes = Buffer.byteLength(data);
    // Once something was dropped everything is: a later short message would hide the gap.
    if (this.#droppedBytes > 0 || this.#bytes + bytes > this.#bytesMax) {
      this.#droppedBytes += bytes;
      return;
    }
    this.#bytes += bytes;
    this.#parts.push(data);
  }

  /** Everything kept, and the marker where something was dropped. Joins each part once, however often it is read. */
  get text(): string {
    if (this.#parts.length > 1) this.#parts = [this.#parts.join('')];
    const kept = this.#parts[0] ?? '';
    if (this.#droppedBytes === 0) return kept;
    const gap = kept === '' || kept.endsWith('\n') ? '' : '\n';
    return `${kept}${gap}[**** LOG TRUNCATED, ${this.#droppedBytes} BYTES DROPPED ****]\n`;
  }
}
