// The routes of the document. Only those that Cog's clients know: what Pawl adds has its own pages.
import type { Json, JsonObject } from '../../../base/json.ts';
import { KINDS, reference, type TaskKind } from './envelope.ts';

type Streaming = 'streaming' | 'no streaming';

const WORDS = {
  predict: { summary: 'Predict', description: 'Run a single prediction on the model' },
  train: { summary: 'Train', description: 'Run a single training on the model' },
} as const satisfies Record<TaskKind, Record<string, string>>;

export function paths(kinds: readonly TaskKind[], streaming: Streaming): JsonObject {
  return {
    '/': { get: { summary: 'Root', operationId: 'root__get', responses: { '200': success({}) } } },
    '/health-check': {
      get: {
        summary: 'Healthcheck',
        operationId: 'healthcheck_health_check_get',
        responses: { '200': success({}) },
      },
    },
    ...Object.fromEntries(kinds.flatMap((kind) => taskPaths(kind, streaming))),
  };
}

function taskPaths(kind: TaskKind, streaming: Streaming): [string, Json][] {
  const { path, parameter } = KINDS[kind];
  const { summary, description } = WORDS[kind];
  const verb = summary.toLowerCase();
  const plural = path.slice(1);
  const one = `${path}/{${parameter}}`;
  const id: JsonObject = {
    name: parameter,
    in: 'path',
    required: true,
    schema: { title: titleOfId(kind), type: 'string' },
  };
  const streams = kind === 'predict' && streaming === 'streaming' ? { 'x-cog-streaming': true } : {};
  const post = { summary, description, operationId: `${verb}_${plural}_post`, ...create(kind), ...streams };
  const put = {
    summary: `${summary} Idempotent`,
    description: `${description}, unless one with this id exists`,
    operationId: `${verb}_idempotent_${plural}__${parameter}__put`,
    parameters: [id],
    ...create(kind),
    ...streams,
  };
  const cancel = {
    summary: 'Cancel',
    operationId: `cancel_${plural}__${parameter}__cancel_post`,
    parameters: [id],
    responses: { '200': success({}), '422': INVALID },
  };
  return [
    [path, { post }],
    [one, { put }],
    [`${one}/cancel`, { post: cancel }],
  ];
}

function titleOfId(kind: TaskKind): string {
  return kind === 'predict' ? 'Prediction Id' : 'Training Id';
}

function create(kind: TaskKind): JsonObject {
  const { request, response } = KINDS[kind];
  return {
    requestBody: { content: json(reference(request)) },
    responses: { '200': success(reference(response)), '422': INVALID },
  };
}

function success(schema: JsonObject): JsonObject {
  return { description: 'Successful Response', content: json(schema) };
}

function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } };
}

const INVALID: JsonObject = {
  description: 'Validation Error',
  content: json(reference('HTTPValidationError')),
};
