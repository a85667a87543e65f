// The parts of the document that are the same for every predictor: what a create request and a prediction look like,
// and the errors. Field for field what server/http reads and writes.
import type { Json, JsonObject } from '../../../base/json.ts';
import { OWN_ANSWERS } from './answers.ts';

export type TaskKind = 'predict' | 'train';

/** How the components and paths of a kind of task are called in Cog's document. */
export const KINDS = {
  predict: {
    input: 'Input',
    output: 'Output',
    request: 'PredictionRequest',
    response: 'PredictionResponse',
    list: 'PredictionListResponse',
    path: '/predictions',
    parameter: 'prediction_id',
  },
  train: {
    input: 'TrainingInput',
    output: 'TrainingOutput',
    request: 'TrainingRequest',
    response: 'TrainingResponse',
    list: 'TrainingListResponse',
    path: '/trainings',
    parameter: 'training_id',
  },
} as const satisfies Record<TaskKind, Record<string, string>>;

const SHARED: JsonObject = {
  Status: enumeration('Status', ['starting', 'processing', 'succeeded', 'canceled', 'failed']),
  WebhookEvent: enumeration('WebhookEvent', ['start', 'output', 'logs', 'completed']),
  HTTPValidationError: {
    title: 'HTTPValidationError',
    type: 'object',
    properties: { detail: { title: 'Detail', type: 'array', items: reference('ValidationError') } },
    required: ['detail'],
  },
  ValidationError: {
    title: 'ValidationError',
    type: 'object',
    properties: {
      loc: { title: 'Location', type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
      msg: { title: 'Message', type: 'string' },
      type: { title: 'Error Type', type: 'string' },
    },
    required: ['loc', 'msg', 'type'],
  },
  ...OWN_ANSWERS,
};

/** Names that no component of a predictor may take. */
export const NAMES: readonly string[] = [
  ...Object.values(KINDS).flatMap(({ input, output, request, response, list }) => [
    input,
    output,
    request,
    response,
    list,
  ]),
  ...Object.keys(SHARED),
];

export function envelope(kinds: readonly TaskKind[]): JsonObject {
  const own = kinds.flatMap((kind): [string, JsonObject][] => [
    [KINDS[kind].request, request(kind)],
    [KINDS[kind].response, response(kind)],
    [KINDS[kind].list, list(kind)],
  ]);
  return { ...Object.fromEntries(own), ...SHARED };
}

function request(kind: TaskKind): JsonObject {
  return {
    title: KINDS[kind].request,
    type: 'object',
    properties: {
      id: { title: 'Id', type: 'string' },
      input: reference(KINDS[kind].input),
      context: { title: 'Context', type: 'object', additionalProperties: { type: 'string' } },
      webhook: { title: 'Webhook', type: 'string', format: 'uri' },
      webhook_events_filter: {
        title: 'Webhook Events Filter',
        type: 'array',
        items: reference('WebhookEvent'),
        uniqueItems: true,
      },
    },
  };
}

function response(kind: TaskKind): JsonObject {
  const date = (title: string): JsonObject => ({ title, type: 'string', format: 'date-time' });
  return {
    title: KINDS[kind].response,
    type: 'object',
    properties: {
      input: reference(KINDS[kind].input),
      output: reference(KINDS[kind].output),
      id: { title: 'Id', type: 'string' },
      version: { title: 'Version', type: 'string' },
      created_at: date('Created At'),
      started_at: date('Started At'),
      completed_at: date('Completed At'),
      status: reference('Status'),
      error: { title: 'Error', type: 'string' },
      error_code: { title: 'Error Code', type: 'string' },
      logs: { title: 'Logs', type: 'string' },
      metrics: { title: 'Metrics', type: 'object', additionalProperties: true },
      queue: {
        title: 'Queue',
        type: 'object',
        properties: {
          position: { title: 'Position', type: 'integer', minimum: 1 },
          estimated_wait: { title: 'Estimated Wait', type: 'number', minimum: 0, nullable: true },
        },
        required: ['position', 'estimated_wait'],
      },
    },
    required: ['id', 'status'],
  };
}

function list(kind: TaskKind): JsonObject {
  const page = (title: string): JsonObject => ({ title, type: 'string', format: 'uri', nullable: true });
  return {
    title: KINDS[kind].list,
    type: 'object',
    properties: {
      results: { title: 'Results', type: 'array', items: reference(KINDS[kind].response) },
      next: page('Next'),
      previous: page('Previous'),
    },
    required: ['results', 'next', 'previous'],
  };
}

export function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** Values as a component of their own, in Cog's words. */
export function enumeration(title: string, values: readonly Json[]): JsonObject {
  const type = typeOf(values);
  return { title, description: 'An enumeration.', ...(type === null ? {} : { type }), enum: values };
}

function typeOf(values: readonly Json[]): string | null {
  if (values.every((value) => typeof value === 'string')) return 'string';
  if (values.every((value) => Number.isInteger(value))) return 'integer';
  return values.every((value) => typeof value === 'number') ? 'number' : null;
}
