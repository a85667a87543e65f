// Events as text/event-stream, with Cog's names and fields. Each is one `data:` line, whatever its text holds.
import { escapeBreaks } from '../payload/part-filters.ts';
import type { Shown } from '../payload/stored-value.ts';
import type { PredictionEvent } from '../prediction/events.ts';
import type { Prediction } from '../prediction/prediction.ts';
import { predictionObject } from '../prediction/prediction-object.ts';
import type { Dialect } from './dialect.ts';

export const KEEP_ALIVE = ': keep-alive\n\n';

/** How long a client waits before it connects again. */
export function retryHint(ms: number): string {
  return `retry: ${ms}\n\n`;
}

export const COG_DIALECT: Dialect = {
  event: encodeEvent,
  failure: encodeFailure,
  gap: (skipped) => `event: gap\ndata: {"skipped":${skipped}}\n\n`,
  bytes: wireBytes,
};

function encodeEvent(id: string, event: PredictionEvent, prediction: Prediction): string {
  // By far the most frequent, and so in one expression, which takes a quarter less than putting parts together.
  if (event.type === 'output')
    return `id: ${id}\nevent: output\ndata: {"chunk":${jsonOf(event.value)},"index":${event.index}}\n\n`;
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(dataOf(event, prediction))}\n\n`;
}

/** A character that JSON escapes, or may. */
const NOT_PLAIN = /[^ !#-[\]-~]/;

/** Most tokens are plain text, for which JSON.stringify() takes four times as long. */
function jsonOf(value: Shown): string {
  return typeof value === 'string' && !NOT_PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

function encodeFailure(id: string, event: PredictionEvent, prediction: Prediction): string {
  const error = `the ${event.type} event is too large to be one JSON text; GET /predictions/${prediction.id} for the state`;
  const text = `event: error\ndata: ${JSON.stringify({ error, code: 'PAWL_OUTPUT_INVALID' })}\n\n`;
  if (event.type !== 'completed') return `id: ${id}\n${text}`;
  const { output: _, logs: __, input: ___, ...rest } = predictionObject(prediction, 'full');
  return `${text}id: ${id}\nevent: completed\ndata: ${JSON.stringify(rest)}\n\n`;
}

function dataOf(event: Exclude<PredictionEvent, { type: 'output' }>, prediction: Prediction): object {
  switch (event.type) {
    case 'start':
      return { id: prediction.id, status: 'processing' };
    case 'log':
      return { source: event.stream, data: event.data };
    case 'metric': {
      const { name, value, mode } = event.metric;
      return { name, value, mode };
    }
    case 'completed':
      return predictionObject(prediction, 'full');
  }
}

// JSON.stringify escapes every line break that the format knows. Some clients split lines at others as well; outside the
// JSON there are none.
function wireBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  // As many bytes as characters: it is ASCII, where there are none.
  return bytes.length === text.length ? bytes : Buffer.from(escapeBreaks(text));
}
