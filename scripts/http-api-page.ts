// docs/reference/http-api.md. Routes and their statuses come from the OpenAPI document that every server answers; a unit
// test holds the page against the routes that the server really registers.
import { isObject } from '../src/base/json.ts';
import { ERRORS } from '../src/errors.ts';
import { documentOfAnything } from '../test/helpers/documented-answers.ts';
import { page, table } from './markdown.ts';

export interface DocumentedRoute {
  readonly method: string;
  /** Parameters as `{name}`. */
  readonly path: string;
  readonly what: string;
  readonly statuses: string;
}

/** Routes that the document leaves out: what a predictor may lack, and the API of Replicate. */
const OTHER_ROUTES: readonly DocumentedRoute[] = [
  {
    method: 'GET',
    path: '/trainings/{training_id}/stream',
    what: 'trainings have no event streams',
    statuses: '404 406',
  },
  ...replicate(
    'POST',
    '/predictions',
    'creates; answers at once unless `Prefer: wait[=S]`',
    '201 400 409 413 415 422 429 503',
  ),
  ...replicate(
    'POST',
    '/models/{owner}/{name}/predictions',
    'the same; the names are only repeated',
    '201 400 409 413 415 422 429 503',
  ),
  ...replicate(
    'POST',
    '/deployments/{owner}/{name}/predictions',
    'the same',
    '201 400 409 413 415 422 429 503',
  ),
  ...replicate('GET', '/predictions', 'a page of predictions: `limit`, `cursor`', '200 422'),
  ...replicate('GET', '/predictions/{id}', 'its state', '200 404'),
  ...replicate('POST', '/predictions/{id}/cancel', 'cancels; answers also after the end', '200 404'),
  ...replicate('GET', '/predictions/{id}/stream', 'its events in Replicate’s format', '200 204 404 406 429'),
  ...replicate('POST', '/files', 'keeps a file', '201 400 413 415 422 507'),
  ...replicate('GET', '/files/{id}', 'what is known of it', '200 404'),
  ...replicate('GET', '/files/{id}/content', 'the file', '200 404'),
  ...replicate('DELETE', '/files/{id}', 'removes it', '204 404'),
];

function replicate(method: string, path: string, what: string, statuses: string): DocumentedRoute[] {
  return [{ method, path: `/v1${path}`, what, statuses }];
}

/** Every route of the page. */
export function documentedRoutes(): readonly DocumentedRoute[] {
  return [...ownRoutes(), ...OTHER_ROUTES];
}

function ownRoutes(): DocumentedRoute[] {
  const { paths } = documentOfAnything();
  return Object.entries(isObject(paths) ? paths : {}).flatMap(([path, item]) =>
    Object.entries(isObject(item) ? item : {}).map(([verb, operation]) => {
      const { summary, description, parameters, responses } = isObject(operation) ? operation : {};
      const statuses = Object.keys(isObject(responses) ? responses : {}).filter((key) => key !== 'default');
      const extra = namesOf(parameters);
      const what = `${String(description ?? summary)}${extra === '' ? '' : ` (${extra})`}`;
      return { method: verb.toUpperCase(), path, what, statuses: statuses.join(' ') };
    }),
  );
}

/** Of the parameters that are not in the path: those of the query; headers have a table of their own. */
function namesOf(parameters: unknown): string {
  const list: readonly unknown[] = Array.isArray(parameters) ? parameters : [];
  return list
    .filter(isObject)
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => `\`?${String(parameter.name)}\``)
    .join(', ');
}

export function httpApiPage(): string {
  const isReplicates = ({ path }: DocumentedRoute) => path.startsWith('/v1');
  const routes = (chosen: readonly DocumentedRoute[]) =>
    table(
      ['Method', 'Path', 'What', 'Statuses'],
      chosen.map(({ method, path, what, statuses }) => [method, `\`${path}\``, what, statuses]),
    );
  const all = documentedRoutes();
  return page('HTTP API', [
    'Where there is GET there is HEAD. Any request may also be answered 400, 404, 405, 408, 431 or 500. 401 comes only with',
    '`--auth-token-file`; `/health-check`, the probes and streams with a key under `/v1` are open even then.',
    'A predictor with `streaming: false` answers 406 where events are asked for; a stream with too many readers is 429; a',
    'form whose files find no room is 507.',
    '[predictions.md](../predictions.md) explains waiting, ids, queue and deadlines.',
    '',
    '## Routes',
    '',
    '`/trainings` is there where the predictor has `train()`; with `--mode train` `/predictions` and `/v1` are not.',
    '',
    ...routes(all.filter((route) => !isReplicates(route))),
    '',
    '## Replicate’s API',
    '',
    'Errors are `{"title", "detail", "status", "code"}`, with `invalid_fields` for an input. No room is 429.',
    '',
    ...routes(all.filter(isReplicates)),
    '',
    'An answer that comes before a large body was read has `connection: close`: nothing more need be sent.',
    '',
    '## Request headers',
    '',
    ...table(['Header', 'On', 'What'], HEADERS),
    '',
    '## The body of a create request',
    '',
    'JSON, or `multipart/form-data`: each part is an input, a file or a text; parts of one name are a list; a part',
    '`request` with JSON holds the other fields ([files.md](../files.md) has examples). No body at all asks for a',
    'prediction without input.',
    '',
    ...table(['Field', 'What'], FIELDS),
    '',
    '## When the answer comes',
    '',
    ...table(['Request', 'Answer'], MODES),
    '',
    '## A prediction',
    '',
    ...table(['Field', 'What'], PREDICTION),
    '',
    '## Errors',
    '',
    '422 is `{"detail": [{"loc", "msg", "type"}]}`, as in Cog; `loc` starts with `body`, `path`, `query` or `header`. All',
    'others are `{"error", "code"}`, with `"status": "failed"` where no prediction was taken for want of a slot or a worker.',
    '[errors.md](errors.md) explains the codes.',
    '',
    ...table(['Status', 'Codes'], errorRows()),
    '',
    '## Event streams',
    '',
    'Each event is `id: ID`, `event: NAME` and one line `data: JSON`, then an empty line; `gap` has no id. The first line is',
    '`retry: 1000`. [event-streams.md](../event-streams.md) says how they resume.',
    '',
    ...table(['Event', 'Data', 'Under `/v1`'], EVENTS),
    '',
    '## A typed client',
    '',
    'The document is OpenAPI 3.0. `pawl schema REF > openapi.json && npx openapi-typescript openapi.json -o api.d.ts',
    '--default-non-nullable=false` makes the types, and `openapi-fetch` a client of them. Without the flag, an input that',
    'has a default counts as required, although the server fills it in.',
  ]);
}

function errorRows(): string[][] {
  const byStatus = new Map<number, string[]>();
  for (const [code, { status }] of Object.entries(ERRORS)) {
    if (status !== null) byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\``]);
  }
  return [...byStatus].sort(([a], [b]) => a - b).map(([status, codes]) => [String(status), codes.join(', ')]);
}

const HEADERS = [
  [
    '`Authorization: Bearer TOKEN`',
    'every route that is not open',
    'one of the tokens of `--auth-token-file`',
  ],
  ['`Content-Type`', 'create', '`application/json`, `…+json` or `multipart/form-data`; others 415'],
  ['`Content-Encoding`', 'create, `POST /files`', 'none but `identity`; others 415'],
  ['`Prefer`', 'create', '`respond-async`, `wait`, `wait=S`; `Preference-Applied` names what was followed'],
  ['`Accept`', 'create', '`text/event-stream` asks for the events; 406 where there are none'],
  ['`Cancel-After`', 'create', '`90s`, `5m`, `1h30m`, `500ms`: canceled then'],
  ['`Last-Event-ID`', 'event streams', 'goes on behind that event; behind the last one 204'],
  ['`traceparent`, `tracestate`', 'create', 'passed on with webhooks'],
];

const FIELDS = [
  ['`input`', 'the input; what the schema does not know is dropped, with a line in the log'],
  ['`id`', '1 to 128 of `A-Z a-z 0-9 . _ ~ -`; with PUT that of the URL, or absent'],
  ['`context`', 'an object of texts, for `scope.context`'],
  ['`webhook`', 'an http: or https: URL that is told of progress and end'],
  ['`webhook_events_filter`', 'of `start`, `output`, `logs`, `completed`; absent: all'],
];

const MODES = [
  ['plain', '200 with the end'],
  ['`Prefer: wait=S`', '200 with the end, or 202 after S seconds'],
  ['`Prefer: respond-async`', '202 at once'],
  ['`Accept: text/event-stream`', '200 with the events as they happen'],
  ['PUT with an id that runs', '202 with its state; with `Prefer: wait[=S]` the end'],
  ['PUT with an id that has ended', '200 with it'],
];

const PREDICTION = [
  [
    '`id`, `status`',
    '`starting`, `processing`, `succeeded`, `failed` or `canceled`; the others are absent until they are known',
  ],
  ['`input`', 'secrets masked; not in the answer to the request that brought it'],
  ['`output`', 'the value, or the list of what was yielded so far'],
  ['`logs`', 'what it has printed'],
  ['`error`, `error_code`', 'where it failed'],
  ['`metrics`', '[metrics.md](metrics.md)'],
  ['`queue`', '`position` and `estimated_wait` in seconds, while it waits'],
  ['`created_at`, `started_at`, `completed_at`', 'RFC 3339'],
];

const EVENTS = [
  ['`start`', '`{"id", "status": "processing"}`', '-'],
  ['`output`', '`{"chunk", "index"}`', 'the text itself; JSON where it is none'],
  ['`log`', '`{"source", "data"}`', '-'],
  ['`metric`', '`{"name", "value", "mode"}`', '-'],
  ['`gap`', '`{"skipped"}`', 'the same'],
  ['`error`', '`{"error", "code"}`: about the stream', 'the error of a failed prediction'],
  [
    '`completed`',
    'the prediction; always the last',
    '`done` with `{}`, or `{"reason": "error"}` or `"canceled"`',
  ],
];
