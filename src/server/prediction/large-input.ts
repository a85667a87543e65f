// An input that lies on disk, as whoever checked it has left it. Belongs to its request until a prediction takes it.
import type { StoredInput } from '../payload/stored-input.ts';
import type { StoredValue } from '../payload/stored-value.ts';
import type { CheckedInput } from './input-check.ts';
import type { PredictorSchema } from './predictor-schema.ts';
import { type Issue, NotTaken, RequestRefused } from './refusal.ts';

export interface LargeInputParts {
  /** What it was checked with; null where there was nothing to check it with. */
  readonly schema: PredictorSchema | null;
  /** What was wrong with it; null where nothing was. */
  readonly issues: readonly Issue[] | null;
  readonly value: StoredInput;
  readonly shown: StoredValue;
  readonly warnings: readonly string[];
  readonly bytes: number;
}

const SOON_MS = 1_000;

export class LargeInput implements Disposable {
  readonly #parts: LargeInputParts;
  #isTaken = false;

  constructor(parts: LargeInputParts) {
    this.#parts = parts;
  }

  /** Throws RequestRefused, as the check of a small input does; or that the predictor has changed meanwhile. */
  checkedWith(schema: PredictorSchema): CheckedInput {
    if (schema.error !== null) throw schema.error;
    const { issues, value, shown, warnings, bytes } = this.#parts;
    if (schema !== this.#parts.schema) {
      const message = 'The predictor was not ready when the input was checked; send the request again.';
      throw new NotTaken('PAWL_NOT_READY', message, SOON_MS);
    }
    if (issues !== null) throw new RequestRefused('PAWL_INPUT_INVALID', issues);
    return { value, shown, warnings, bytes };
  }

  /** A prediction has it, and removes it. */
  taken(): void {
    this.#isTaken = true;
  }

  [Symbol.dispose](): void {
    if (this.#isTaken) return;
    this.#parts.value.discard();
    this.#parts.shown.release();
  }
}
