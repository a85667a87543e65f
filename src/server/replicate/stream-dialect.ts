// The events of a prediction in Replicate's words: `output` with the text itself, `error`, and `done` at the end. What
// is logged or measured has no word there.
import { assertNever } from '../../base/assert.ts';
import { plainText } from '../payload/compose.ts';
import { framed } from '../payload/part-filters.ts';
import { type Shown, StoredValue } from '../payload/stored-value.ts';
import type { PredictionEvent } from '../prediction/events.ts';
import type { Prediction } from '../prediction/prediction.ts';
import type { Dialect } from '../stream/dialect.ts';

export const REPLICATE_DIALECT: Dialect = {
  event(id, event, prediction) {
    switch (event.type) {
      case 'output':
        return frame(id, 'output', asText(event.value));
      case 'completed':
        return ending(id, prediction);
      case 'start':
      case 'log':
      case 'metric':
        return '';
      default:
        return assertNever(event);
    }
  },
  failure: (id, event: PredictionEvent, prediction) =>
    event.type === 'completed'
      ? ending(id, prediction)
      : frame(id, 'error', 'an output was too large to be streamed'),
  gap: (skipped) => frame(null, 'gap', JSON.stringify({ skipped })),
  bytes: (text) => Buffer.from(text),
};

/** Both under the last id: a client that has seen the error and comes again is told nothing new. */
function ending(id: string, { status, failure }: Prediction): string {
  if (status === 'failed') {
    const detail = failure?.text ?? 'the prediction failed';
    return frame(id, 'error', detail) + frame(id, 'done', '{"reason":"error"}');
  }
  return frame(id, 'done', status === 'canceled' ? '{"reason":"canceled"}' : '{}');
}

/** A text as it is, so that chunks joined are the whole; anything else as JSON. */
function asText(value: Shown): string {
  if (value instanceof StoredValue) return plainText(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function frame(id: string | null, event: string, data: string): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${framed(data)}\n\n`;
}
