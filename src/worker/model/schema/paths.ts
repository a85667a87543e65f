// The operations of the document: Cog's, in Cog's words, and then what the server has beside them. /v1 is not among them:
// it is the API of Replicate, which has a document of its own.
import type { Json, JsonObject } from '../../../base/json.ts';
import { KINDS, reference, type TaskKind } from './envelope.ts';
import { json, refusals, success } from './responses.ts';
import { serverPaths } from './server-paths.ts';

type Streaming = 'streaming' | 'no streaming';

const WORDS = {
  predict: { summary: 'Predict', description: 'Run a single prediction on the model' },
  train: { summary: 'Train', description: 'Run a single training on the model' },
} as const satisfies Record<TaskKind, Record<string, string>>;

const CREATE_HEADERS: readonly Json[] = [
  header('Prefer', 'RFC 7240: `respond-async`, `wait` or `wait=SECONDS`'),
  header(
    'Cancel-After',
    'Cancels the prediction when it has not ended by then: `90s`, `5m`, `1h30m`, `500ms`',
  ),
];

export function paths(kinds: readonly TaskKind[], streaming: Streaming): JsonObject {
  const { cogs, own } = serverPaths();
  return { ...cogs, ...Object.fromEntries(kinds.flatMap((kind) => taskPaths(kind, streaming))), ...own };
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
  const streams = kind === 'predict' && streaming === 'streaming';
  const mark: JsonObject = streams ? { 'x-cog-streaming': true } : {};
  const post = {
    summary,
    description,
    operationId: `${verb}_${plural}_post`,
    parameters: CREATE_HEADERS,
    ...create(kind, streams),
    ...mark,
  };
  const put = {
    summary: `${summary} Idempotent`,
    description: `${description}, unless one with this id exists`,
    operationId: `${verb}_idempotent_${plural}__${parameter}__put`,
    parameters: [id, ...CREATE_HEADERS],
    ...create(kind, streams),
    ...mark,
  };
  return [
    [path, { post, get: list(kind) }],
    [one, { put, get: poll(kind, id) }],
    [`${one}/cancel`, { post: cancel(kind, id) }],
    ...(streams ? [[`${one}/stream`, { get: stream(id) }] satisfies [string, Json]] : []),
  ];
}

function titleOfId(kind: TaskKind): string {
  return kind === 'predict' ? 'Prediction Id' : 'Training Id';
}

// The event stream that a create request may ask for has no entry beside the JSON: `x-cog-streaming` says it, as in Cog,
// and clients made from the document would take every answer for either of the two. A form has none for the same reason.
function create(kind: TaskKind, streams: boolean): JsonObject {
  const { request, response } = KINDS[kind];
  return {
    requestBody: { content: json(reference(request)) },
    responses: {
      '200': success(reference(response)),
      '202': { description: 'Goes on', content: json(reference(response)) },
      ...refusals([
        'PAWL_BODY_NOT_JSON',
        'PAWL_UNAUTHORIZED',
        ...(streams ? [] : (['PAWL_NOT_ACCEPTABLE'] as const)),
        'PAWL_AT_CAPACITY',
        'PAWL_ID_IN_USE',
        'PAWL_BODY_TOO_LARGE',
        'PAWL_UNSUPPORTED_MEDIA_TYPE',
        'PAWL_INPUT_INVALID',
        'PAWL_REQUEST_INVALID',
        'PAWL_NOT_READY',
        'PAWL_SETUP_FAILED',
        'PAWL_DEFUNCT',
        'PAWL_SHUTTING_DOWN',
      ]),
    },
  };
}

function list(kind: TaskKind): JsonObject {
  const plural = KINDS[kind].path.slice(1);
  return {
    summary: 'List',
    description: `The ${plural} that are kept, newest first`,
    operationId: `list_${plural}_get`,
    parameters: [
      query('limit', { title: 'Limit', type: 'integer', minimum: 1, maximum: 100 }),
      query('cursor', { title: 'Cursor', type: 'string' }),
    ],
    responses: {
      '200': success(reference(KINDS[kind].list)),
      ...refusals(['PAWL_UNAUTHORIZED', 'PAWL_REQUEST_INVALID']),
    },
  };
}

function poll(kind: TaskKind, id: JsonObject): JsonObject {
  const { path, parameter, response } = KINDS[kind];
  return {
    summary: 'Get',
    description: 'Its state, with logs and output so far',
    operationId: `get_${path.slice(1)}__${parameter}__get`,
    parameters: [id],
    responses: {
      '200': success(reference(response)),
      ...refusals(['PAWL_UNAUTHORIZED', 'PAWL_PREDICTION_NOT_FOUND']),
    },
  };
}

function cancel(kind: TaskKind, id: JsonObject): JsonObject {
  const { path, parameter, response } = KINDS[kind];
  return {
    summary: 'Cancel',
    operationId: `cancel_${path.slice(1)}__${parameter}__cancel_post`,
    parameters: [id],
    responses: {
      '200': success(reference(response)),
      ...refusals(['PAWL_UNAUTHORIZED', 'PAWL_PREDICTION_NOT_FOUND']),
    },
  };
}

function stream(id: JsonObject): JsonObject {
  const events = { 'text/event-stream': { schema: { type: 'string' } } };
  return {
    summary: 'Stream',
    description: 'Its events, from the first that is kept, or behind the one that `Last-Event-ID` names',
    operationId: 'stream_predictions__prediction_id__stream_get',
    parameters: [id, header('Last-Event-ID', 'The `id` of the last event that was seen')],
    responses: {
      '200': { description: 'Successful Response', content: events },
      '204': { description: 'The last event was seen already' },
      ...refusals(['PAWL_UNAUTHORIZED', 'PAWL_PREDICTION_NOT_FOUND']),
    },
  };
}

function header(name: string, description: string): JsonObject {
  return { name, in: 'header', description, required: false, schema: { title: name, type: 'string' } };
}

function query(name: string, schema: JsonObject): JsonObject {
  return { name, in: 'query', required: false, schema };
}
