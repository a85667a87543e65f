// Delivers outputs inside the answer: spilled payloads are read back, files become data URLs.
import type { DeliveryContext, OutputDelivery, PredictionDelivery } from '../prediction/output-delivery.ts';
import { type DataUrlForm, readDataUrl } from './data-url.ts';
import { putAtPointer } from './json-pointer.ts';
import type { OutputArea } from './output-area.ts';
import { readPayload } from './payload.ts';

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
            let value = await readPayload(own);
            // One after the other: a list of large files must not be in memory twice.
            for (const file of own.files)
              value = putAtPointer(value, file.pointer, await readDataUrl(file, form, signal));
            return value;
          } finally {
            await discard();
          }
        };
        return { deliver, discard };
      },
    };
  }
}
