// How payloads and files that lie on disk become JSON. src/server/upload implements it.
import type { Json } from '../../base/json.ts';
import type { Output } from '../../protocol/slot-messages.ts';

export interface OutputDelivery {
  /**
   * The output's value with a URL in place of each file; temporary files are gone afterwards, whatever happened.
   * Rejects with PAWL_OUTPUT_FILE_FAILED, naming the file.
   */
  deliver(output: Output, signal: AbortSignal): Promise<Json>;
  /** Removes what the output left on disk, for an output nobody wants any more. */
  discard(output: Output): Promise<void>;
}
