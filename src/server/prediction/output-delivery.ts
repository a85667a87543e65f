// How payloads and files that lie on disk become JSON. src/server/upload implements it.
import type { PredictionId } from '../../protocol/ids.ts';
import type { Output } from '../../protocol/slot-messages.ts';
import type { Shown, StoredValue } from '../payload/stored-value.ts';

export interface OutputDelivery {
  /** `signal` ends everything that is under way. */
  begin(of: DeliveryContext, signal: AbortSignal): PredictionDelivery;
}

/** The prediction, as far as deliveries care. */
export interface DeliveryContext {
  readonly id: PredictionId;
  readonly trace: { readonly [header: string]: string };
}

/** For the outputs of one prediction. */
export interface PredictionDelivery {
  /**
   * Makes what the output has on disk the server's own, before it returns: the worker may end. Whatever needs no memory
   * begins at once.
   */
  take(output: Output): TakenOutput;
}

export interface Delivered {
  /** With a URL in place of each file. */
  readonly value: Shown;
  /** Those that are, or are in, the value. Whoever has the value holds them, and releases them. */
  readonly stored: readonly StoredValue[];
}

/** One of the two is called, once; temporary files are gone afterwards, whatever happened. */
export interface TakenOutput {
  /** Rejects with PAWL_OUTPUT_FILE_FAILED, naming the file. */
  deliver(): Promise<Delivered>;
  /** For an output that nobody wants any more. */
  discard(): Promise<void>;
}
