// The value of an output, wherever it travelled.
import type { Json } from '../../base/json.ts';
import { PawlError } from '../../errors.ts';
import type { Output } from '../../protocol/slot-messages.ts';
import { unpackPayload } from '../../protocol/spill.ts';

export async function readPayload({ payload }: Output): Promise<Json> {
  try {
    return await unpackPayload(payload);
  } catch (cause) {
    const place = payload.in === 'file' ? payload.path : 'the message';
    throw new PawlError('PAWL_OUTPUT_FILE_FAILED', `the output spilled to ${place} could not be read`, {
      cause,
    });
  }
}
