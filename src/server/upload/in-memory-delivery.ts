// Delivers outputs as values in memory, however large: for a program that runs one prediction and looks at what it gives.
import { composeJson } from '../payload/compose.ts';
import type {
  Delivered,
  DeliveryContext,
  OutputDelivery,
  PredictionDelivery,
} from '../prediction/output-delivery.ts';

export class InMemoryDelivery implements OutputDelivery {
  readonly #inner: OutputDelivery;

  constructor(inner: OutputDelivery) {
    this.#inner = inner;
  }

  begin(of: DeliveryContext, signal: AbortSignal): PredictionDelivery {
    const inner = this.#inner.begin(of, signal);
    return {
      take(output) {
        const { deliver, discard } = inner.take(output);
        return { deliver: async () => inMemory(await deliver()), discard };
      },
    };
  }
}

async function inMemory({ value, stored }: Delivered): Promise<Delivered> {
  if (stored.length === 0) return { value, stored };
  const body = composeJson(value);
  for (const one of stored) one.release();
  if (typeof body === 'string') return { value: JSON.parse(body), stored: [] };
  try {
    const blocks: Buffer[] = [];
    for await (const block of body.open()) blocks.push(block);
    return { value: JSON.parse(Buffer.concat(blocks).toString()), stored: [] };
  } finally {
    body.release();
  }
}
