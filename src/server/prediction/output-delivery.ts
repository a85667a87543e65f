// How payloads and files that lie on disk become JSON. src/server/upload implements it.
import type { Json } from '../../base/json.ts';
import type { PredictionId } from '../../protocol/ids.ts';
import type { Output } from '../../protocol/slot-messages.ts';

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

/** One of the two is called, once; temporary files are gone afterwards, whatever happened. */
export interface TakenOutput {
  /** The value, with a URL in place of each file. Rejects with PAWL_OUTPUT_FILE_FAILED, naming the file. */
  deliver(): Promise<Json>;
  /** For an output that nobody wants any more. */
  discard(): Promise<void>;
}
