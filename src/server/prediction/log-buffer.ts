// The log of one prediction, bounded. Text beyond the bound is counted, not kept.
import { limit } from '../../limits.ts';

const PART_LENGTH = 64 * 1024;

export class LogBuffer {
  readonly #bytesMax: number;
  #parts: string[] = [];
  /** Not joined yet: a million small texts would take far more memory than their bytes. */
  #recent: string[] = [];
  #recentLength = 0;
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
    this.#recent.push(data);
    this.#recentLength += data.length;
    if (this.#recentLength >= PART_LENGTH) this.#joinRecent();
  }

  /** Everything kept, and the marker where something was dropped. Joins each part once, however often it is read. */
  get text(): string {
    this.#joinRecent();
    if (this.#parts.length > 1) this.#parts = [this.#parts.join('')];
    const kept = this.#parts[0] ?? '';
    if (this.#droppedBytes === 0) return kept;
    const gap = kept === '' || kept.endsWith('\n') ? '' : '\n';
    return `${kept}${gap}[**** LOG TRUNCATED, ${this.#droppedBytes} BYTES DROPPED ****]\n`;
  }

  #joinRecent(): void {
    if (this.#recentLength === 0) return;
    this.#parts.push(this.#recent.join(''));
    this.#recent = [];
    this.#recentLength = 0;
  }
}
