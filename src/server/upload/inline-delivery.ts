// Delivers outputs inside the answer: files become data URLs. What is large stays on disk.
import type { OutputFile } from '../../protocol/slot-messages.ts';
import { StoredValue } from '../payload/stored-value.ts';
import type { DeliveryContext, OutputDelivery, PredictionDelivery } from '../prediction/output-delivery.ts';
import { type DataUrlForm, dataUrl } from './data-url.ts';
import { delivered } from './delivered.ts';
import type { OutputArea } from './output-area.ts';
import type { FileShown } from './store-output.ts';

export class InlineDelivery implements OutputDelivery {
  readonly #area: OutputArea;
  readonly #form: DataUrlForm;

  constructor(area: OutputArea, form: DataUrlForm = 'plain') {
    this.#area = area;
    this.#form = form;
  }

  begin(_of: DeliveryContext, signal: AbortSignal): PredictionDelivery {
    const area = this.#area;
    const form = this.#form;
    return {
      take(output) {
        const own = area.adopt(output);
        const discard = () => area.discard(own);
        const deliver = async () => {
          try {
            const urls = await allShown(own.files, (file) => dataUrl(file, form, signal));
            return await delivered(own, urls);
          } finally {
            await discard();
          }
        };
        return { deliver, discard };
      },
    };
  }
}

/** One after the other: of thousands, only so many are open at a time. */
async function allShown(
  files: readonly OutputFile[],
  show: (file: OutputFile) => Promise<FileShown>,
): Promise<FileShown[]> {
  const shown: FileShown[] = [];
  try {
    for (const file of files) shown.push(await show(file));
    return shown;
  } catch (error) {
    for (const file of shown) if (file instanceof StoredValue) file.release();
    throw error;
  }
}
