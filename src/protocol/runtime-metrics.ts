// Names in `metrics` that the runtime fills in: a predictor may record none of them, and nothing below them.
// docs/reference/metrics.md says what each means.

export const RUNTIME_METRICS = [
  'predict_time',
  'queue_time',
  'setup',
  'cpu_time',
  'memory_peak_bytes',
  'subprocess_cpu_time',
  'subprocess_memory_peak_bytes',
  'cancel',
] as const;

export type RuntimeMetric = (typeof RUNTIME_METRICS)[number];
