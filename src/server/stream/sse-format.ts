// Events as text/event-stream, with Cog's names and fields. Each is one `data:` line, whatever its text holds.
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
};

function encodeEvent(id: string, event: PredictionEvent, prediction: Prediction): string {
  const json = oneLine(dataOf(event, prediction));
  return `id: ${id}\nevent: ${event.type}\ndata: ${json}\n\n`;
}

function encodeFailure(id: string, event: PredictionEvent, prediction: Prediction): string {
  const error = `the ${event.type} event is too large to be one JSON text; GET /predictions/${prediction.id} for the state`;
  const text = `event: error\ndata: ${JSON.stringify({ error, code: 'PAWL_OUTPUT_INVALID' })}\n\n`;
  if (event.type !== 'completed') return `id: ${id}\n${text}`;
  const { output: _, logs: __, input: ___, ...rest } = predictionObject(prediction, 'full');
  return `${text}id: ${id}\nevent: completed\ndata: ${oneLine(JSON.stringify(rest))}\n\n`;
}

function dataOf(event: PredictionEvent, prediction: Prediction): string {
  switch (event.type) {
    case 'start':
      return JSON.stringify({ id: prediction.id, status: 'processing' });
    case 'output':
      return `{"chunk":${JSON.stringify(event.value)},"index":${event.index}}`;
    case 'log':
      return JSON.stringify({ source: event.stream, data: event.data });
    case 'metric': {
      const { name, value, mode } = event.metric;
      return JSON.stringify({ name, value, mode });
    }
    case 'completed':
      return JSON.stringify(predictionObject(prediction, 'full'));
  }
}

// JSON.stringify escapes every line break that the format knows. Some clients split lines at these as well.
const OTHER_BREAKS = /[\u007f-\u009f\u2028\u2029]/;
const EACH_OTHER_BREAK = new RegExp(OTHER_BREAKS, 'g');

function oneLine(json: string): string {
  if (!OTHER_BREAKS.test(json)) return json;
  return json.replace(EACH_OTHER_BREAK, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
