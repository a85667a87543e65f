// Requests as nobody means them: right ones bent a little, wrong ones, and noise.
import fc from 'fast-check';
import type { InjectOptions } from 'light-my-request';
import { BOUNDARY, FORM_TYPE, multipart, type Part } from '../helpers/multipart.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const;
const text = fc.string({ unit: 'binary', maxLength: 40 });
/** What may stand in a header field. */
const headerText = fc.string({
  unit: fc.constantFrom(...' !"#$%&\'()*+,-./0123456789:;<=>?@[]^_`az{|}~é'),
  maxLength: 30,
});

const id = fc.oneof(
  { arbitrary: fc.constantFrom('a', 'known', 'A.b_c~d-1', 'x'.repeat(128)), weight: 4 },
  fc.constantFrom(
    '',
    '.',
    '..',
    '%2e%2e',
    '%00',
    'a%2Fb',
    '%',
    '%ff',
    'x'.repeat(129),
    'é',
    '%F0%9F%A6%9C',
    'a b',
  ),
  text.map((raw) => encodeURIComponent(raw.isWellFormed() ? raw : '')),
);

const path = fc.oneof(
  {
    arbitrary: fc
      .tuple(fc.constantFrom('/predictions', '/trainings', '/v1/predictions', '/files', '/v1/files'), id)
      .chain(([base, one]) =>
        fc.constantFrom(
          base,
          `${base}/${one}`,
          `${base}/${one}/cancel`,
          `${base}/${one}/stream`,
          `${base}/${one}/content`,
        ),
      ),
    weight: 6,
  },
  fc.constantFrom(
    '/',
    '/health-check',
    '/openapi.json',
    '/livez',
    '/readyz',
    '/startupz',
    '/v1/models/a/b/predictions',
  ),
  text.map((raw) => `/${encodeURIComponent(raw.isWellFormed() ? raw : '')}`),
);

const query = fc.option(
  fc.oneof(
    fc.constantFrom(
      'limit=0',
      'limit=5',
      'limit=-1',
      'cursor=before-3',
      'cursor=nonsense',
      'key=00',
      'filename=../x',
    ),
    headerText.map((raw) => encodeURIComponent(raw)),
  ),
  { nil: null },
);

const headers = fc.record(
  {
    'content-type': fc.oneof(
      { arbitrary: fc.constant('application/json'), weight: 5 },
      { arbitrary: fc.constant(FORM_TYPE), weight: 3 },
      fc.constantFrom(
        'multipart/form-data',
        'multipart/form-data; boundary=',
        'text/plain',
        'application/x+json; a=b',
        ';;',
      ),
      headerText,
    ),
    accept: fc.oneof(
      fc.constantFrom('text/event-stream', '*/*', 'text/event-stream;q=0', ',,;q='),
      headerText,
    ),
    prefer: fc.oneof(
      fc.constantFrom('respond-async', 'wait=0', 'wait=99999999999', 'respond-async, wait="1"'),
      headerText,
    ),
    'last-event-id': fc.oneof(fc.constantFrom('0', '-1', '1e9', 'abc-0'), headerText),
    'cancel-after': fc.oneof(fc.constantFrom('1s', '1h30m', '0s', '-1s', '99999999h', 's'), headerText),
    traceparent: fc.oneof(fc.constant(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`), headerText),
    origin: headerText,
    host: fc.oneof(fc.constantFrom('localhost:5000', 'a b', '[::1', ''), headerText),
  },
  { requiredKeys: [] },
);

const input = fc.oneof(
  fc.record(
    {
      text: fc.oneof(text, fc.jsonValue()),
      count: fc.oneof(fc.integer({ min: -3, max: 9 }), fc.jsonValue()),
      file: fc.constantFrom('data:text/plain,x', 'data:;base64,%%%', 'http://127.0.0.1:1/', 'ftp://x', '', 5),
      __proto__: fc.jsonValue(),
      more: fc.jsonValue({ maxDepth: 4 }),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);

const webhook = fc.oneof(
  fc.constantFrom(
    'http://127.0.0.1:1/hook',
    'https://user:secret@127.0.0.1:1/',
    'http://[::1',
    'file:///etc/passwd',
    '//x',
    '',
  ),
  fc.jsonValue(),
);

const jsonBody = fc
  .record(
    {
      id: fc.oneof(fc.constantFrom('a', 'known', '..', ''), fc.jsonValue()),
      input,
      context: fc.oneof(fc.dictionary(text, text), fc.jsonValue()),
      webhook,
      webhook_events_filter: fc.oneof(fc.subarray(['start', 'output', 'logs', 'completed']), fc.jsonValue()),
      version: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((body) => JSON.stringify(body));

const part: fc.Arbitrary<Part> = fc.record(
  {
    name: fc.oneof(
      fc.constantFrom('text', 'count', 'file', 'content', 'metadata', 'input', 'request', '__proto__'),
      headerText,
    ),
    filename: fc.oneof(fc.constantFrom('a.txt', '../../x', '', 'a\\b'), headerText),
    type: fc.oneof(fc.constantFrom('text/plain', 'application/json', ''), headerText),
    body: fc.oneof(
      text,
      fc.constantFrom('{"input":{}}', '7', `--${BOUNDARY}`),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    ),
  },
  { requiredKeys: ['body'] },
);

const form = fc
  .tuple(fc.array(part, { maxLength: 5 }), fc.nat({ max: 400 }), fc.boolean())
  .map(([parts, cut, isCut]) => {
    const whole = multipart(...parts);
    return isCut ? whole.subarray(0, Math.max(0, whole.length - cut)) : whole;
  });

const body = fc.oneof(
  { arbitrary: jsonBody, weight: 5 },
  { arbitrary: form, weight: 3 },
  fc.constantFrom('', '{', 'null', '[]', `${'['.repeat(600)}${']'.repeat(600)}`, '{"input":{"a":1}}trailing'),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
);

export const request: fc.Arbitrary<InjectOptions> = fc
  .record({
    method: fc.constantFrom(...METHODS),
    path,
    query,
    headers,
    body: fc.option(body, { nil: undefined }),
  })
  .map(({ method, path: target, query: search, headers: fields, body: payload }) => ({
    method,
    url: search === null ? target : `${target}?${search}`,
    headers: fields,
    ...(payload === undefined ? {} : { payload }),
  }));
