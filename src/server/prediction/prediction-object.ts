// The prediction as clients see it: the one place that turns a Prediction into JSON, for every face and every event.
import type { Json } from '../../base/json.ts';
import type { RuntimeMetric } from '../../protocol/runtime-metrics.ts';
import type { Shown } from '../payload/stored-value.ts';
import type { Prediction } from './prediction.ts';

export type PredictionObject = { readonly [key: string]: Shown };

/** `create` is the answer to the request that brought the input; `full` repeats the input. */
export type Detail = 'create' | 'full';

/** Absent is absent here, as in Cog: `output` before there is any, `error` unless it failed. */
export function predictionObject(prediction: Prediction, detail: Detail): PredictionObject {
  const { id, status, output, failure } = prediction;
  const { createdAt, startedAt, completedAt } = prediction.times;
  const object: { [key: string]: Shown } = { id, status, ...queueFields(prediction) };
  if (detail === 'full') object.input = prediction.shownInput;
  if (output !== undefined) object.output = output;
  object.logs = prediction.logs.shown;
  if (failure !== null) {
    object.error = failure.text;
    object.error_code = failure.code;
  }
  object.metrics = metrics(prediction);
  object.created_at = timestamp(createdAt);
  if (startedAt !== null) object.started_at = timestamp(startedAt);
  if (completedAt !== null) object.completed_at = timestamp(completedAt);
  return object;
}

/** Where it stands in the queue: nothing once it runs, or is about to. */
export function queueFields({ place }: Prediction): PredictionObject {
  const position = place?.position ?? null;
  if (place === null || position === null) return {};
  const ms = place.estimatedWaitMs;
  return { queue: { position, estimated_wait: ms === null ? null : Math.round(ms) / 1000 } };
}

function metrics(prediction: Prediction): Json {
  const { cancelReport, usage } = prediction;
  const { predictMs, queuedMs } = prediction.times;
  const own: { [K in RuntimeMetric]?: Json } = {};
  if (predictMs !== null) own.predict_time = predictMs / 1000;
  if (queuedMs !== null) own.queue_time = queuedMs / 1000;
  if (cancelReport !== null) own.cancel = { stage: cancelReport.stage, ms: Math.round(cancelReport.ms) };
  // Absent is what is not known.
  if (usage !== null) {
    const { cpuMs, memoryPeakBytes, subprocessCpuMs, subprocessMemoryPeakBytes } = usage;
    own.setup = seconds(usage.setupMs);
    if (cpuMs !== null) own.cpu_time = seconds(cpuMs);
    if (memoryPeakBytes !== null) own.memory_peak_bytes = memoryPeakBytes;
    if (subprocessCpuMs !== null) own.subprocess_cpu_time = seconds(subprocessCpuMs);
    if (subprocessMemoryPeakBytes !== null) own.subprocess_memory_peak_bytes = subprocessMemoryPeakBytes;
  }
  return { ...prediction.metrics, ...own };
}

/** Whole microseconds: what is behind them is noise. */
function seconds(ms: number): number {
  return Math.round(ms * 1000) / 1e6;
}

let lastSecond = Number.NaN;
let lastText = '';

/** ISO 8601. Only the milliseconds differ between the times of one second, and each answer has three of them. */
export function timestamp(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second !== lastSecond) {
    lastText = new Date(second * 1000).toISOString().slice(0, -'000Z'.length);
    lastSecond = second;
  }
  const millis = Math.floor(epochMs) - second * 1000;
  return `${lastText}${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}Z`;
}
