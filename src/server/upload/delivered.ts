// The value of an output, wherever it travelled, with what clients see in place of its files.
import { PawlError } from '../../errors.ts';
import type { Output } from '../../protocol/slot-messages.ts';
import { type Shown, StoredValue } from '../payload/stored-value.ts';
import type { Delivered } from '../prediction/output-delivery.ts';
import { putAtPointer } from './json-pointer.ts';
import { type FileShown, storeSpilled } from './store-output.ts';

/** Takes over what `shown` holds, also where it rejects. */
export async function delivered({ payload, files }: Output, shown: readonly FileShown[]): Promise<Delivered> {
  const held = shown.filter((file) => file instanceof StoredValue);
  try {
    if (payload.in === 'file') {
      const value = await storeSpilled(payload, shown);
      return { value, stored: [value] };
    }
    let value: Shown = payload.value;
    for (const [index, { pointer }] of files.entries())
      value = putAtPointer(value, pointer, shown[index] ?? null);
    return { value, stored: held };
  } catch (cause) {
    for (const file of held) file.release();
    if (payload.in === 'message') throw cause;
    const message = `the output spilled to ${payload.path} could not be read`;
    throw new PawlError('PAWL_OUTPUT_FILE_FAILED', message, { cause });
  }
}
