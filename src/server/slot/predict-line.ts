// The line that starts a prediction. The input arrives here as JSON text already, so that it is encoded only once.
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import type { Predict, SpilledInput } from '../../protocol/slot-messages.ts';
import type { PredictionRequest } from './permit.ts';

/** The payload with this JSON text inline, as JSON. */
export function inlinePayload(text: string): string {
  return `{"in":"message","value":${text}}`;
}

export function filePayload(payload: SpilledInput): string {
  return JSON.stringify(payload);
}

/** Throws PAWL_REQUEST_INVALID when the rest of the request makes the line longer than a frame may be. */
export function predictLine(request: PredictionRequest, run: number, payload: string): string {
  const head = headOf(request, run);
  const line = `${head},"input":${payload}}\n`;
  const bytesMax = limit('frameBytesMax');
  if (line.length * 3 > bytesMax && Buffer.byteLength(line) > bytesMax) {
    throw new PawlError(
      'PAWL_REQUEST_INVALID',
      `the request without its input takes ${Buffer.byteLength(head) + 1} bytes; with the input at most ` +
        `${bytesMax} bytes reach the worker: send a smaller \`context\``,
    );
  }
  return line;
}

const TYPE: Predict['type'] = 'predict';

/** The other fields, without the brace behind them. Most requests have neither files nor a context. */
function headOf({ id, mode, files, context }: PredictionRequest, run: number): string {
  const own = `{"type":"${TYPE}","id":${JSON.stringify(id)},"run":${run},"mode":"${mode}"`;
  const filesText = files.length === 0 ? '[]' : JSON.stringify(files);
  const contextText = isEmpty(context) ? '{}' : JSON.stringify(context);
  return `${own},"files":${filesText},"context":${contextText}`;
}

function isEmpty(context: PredictionRequest['context']): boolean {
  for (const _key in context) return false;
  return true;
}
