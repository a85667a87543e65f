// Delivers the files of outputs to --upload-url: several at a time, while the prediction runs and after it; the URLs
// take their places in the order of the outputs.
import { Lanes } from '../../base/lanes.ts';
import { limit } from '../../limits.ts';
import type { Output } from '../../protocol/slot-messages.ts';
import type {
  DeliveryContext,
  OutputDelivery,
  PredictionDelivery,
  TakenOutput,
} from '../prediction/output-delivery.ts';
import { delivered } from './delivered.ts';
import type { OutputArea } from './output-area.ts';
import type { Uploader } from './uploader.ts';

interface Uploads {
  readonly of: DeliveryContext;
  readonly signal: AbortSignal;
  readonly lanes: Lanes;
}

export class UploadDelivery implements OutputDelivery {
  readonly #area: OutputArea;
  readonly #uploader: Uploader;

  constructor(area: OutputArea, uploader: Uploader) {
    this.#area = area;
    this.#uploader = uploader;
  }

  begin(of: DeliveryContext, signal: AbortSignal): PredictionDelivery {
    const lanes = new Lanes(limit('uploadsParallelMax'));
    return { take: (output) => this.#take(this.#area.adopt(output), { of, signal, lanes }) };
  }

  #take(output: Output, { of, signal, lanes }: Uploads): TakenOutput {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const uploads = output.files.map((file) => lanes.run(() => this.#uploader.upload(file, of, either)));
    // Whoever delivers hears of a failure; until then nobody does.
    for (const upload of uploads) upload.catch(() => {});
    const settle = async () => {
      stop.abort();
      await Promise.allSettled(uploads);
      await this.#area.discard(output);
    };
    const deliver = async () => {
      try {
        return await delivered(output, await Promise.all(uploads));
      } finally {
        await settle();
      }
    };
    return { deliver, discard: settle };
  }
}
