import { describe, expect, it } from 'vitest';
import { fakeServer, post } from '../../../helpers/fake-server.ts';

const ASYNC = { prefer: 'respond-async' };
type Sent = {
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
};

async function send({ type, body, headers }: Sent) {
  const server = fakeServer();
  const response = await server.ask({
    method: 'POST',
    url: '/predictions',
    headers: { ...ASYNC, ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { response, runs: server.fleet.slots.runs };
}

describe('the body of a create request', () => {
  it.each([
    ['no type and no body', {}],
    ['an empty object', { type: 'application/json', body: '{}' }],
    ['a null input', { type: 'application/json', body: '{"input":null}' }],
    ['a null context', { type: 'application/json', body: '{"context":null}' }],
    ['fields nobody knows', { type: 'application/json', body: '{"created_at":1,"output_file_prefix":null}' }],
  ] satisfies [string, Sent][])('%s gives an empty input', async (_name, sent) => {
    const { response, runs } = await send(sent);
    expect(response.statusCode).toBe(202);
    expect(runs[0]?.request).toMatchObject({ input: {}, context: {} });
  });

  it('that is announced as JSON and empty is 400', async () => {
    const { response, runs } = await send({ type: 'application/json', body: '' });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'PAWL_BODY_NOT_JSON' });
    expect(runs).toEqual([]);
  });

  it.each([
    ['application/json; charset=utf-8'],
    ['Application/JSON'],
    ['application/vnd.cog+json; v=1'],
    [undefined],
  ])('is read as JSON with the type %s', async (type) => {
    const { response, runs } = await send({
      ...(type === undefined ? {} : { type }),
      body: '{"input":{"a":1}}',
    });
    expect(response.statusCode).toBe(202);
    expect(runs[0]?.request.input).toEqual({ a: 1 });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/mixed; boundary=x', 'nonsense'])(
    'is refused with 415 as %s',
    async (type) => {
      const { response, runs } = await send({ type, body: 'a=1' });
      expect(response.statusCode).toBe(415);
      expect(response.json().code).toBe('PAWL_UNSUPPORTED_MEDIA_TYPE');
      expect(runs).toEqual([]);
    },
  );

  it('is refused with 415 when it is compressed', async () => {
    const { response } = await send({
      type: 'application/json',
      body: '{}',
      headers: { 'content-encoding': 'gzip' },
    });
    expect([response.statusCode, response.json().code]).toEqual([415, 'PAWL_UNSUPPORTED_MEDIA_TYPE']);
  });

  it.each([
    ['{"a":}', 'line 1, column 6'],
    ['{"a": 1', 'line 1, column 8'],
    ['{} x', 'line 1, column 4'],
    ['nope', 'line 1, column 1'],
    ['{\n  "a": 01\n}', 'line 2, column 9'],
  ])('is refused with 400 where %j stops being JSON', async (body, where) => {
    const { response } = await send({ type: 'application/json', body });
    expect(response.statusCode).toBe(400);
    expect(response.json().code).toBe('PAWL_BODY_NOT_JSON');
    expect(response.json().error).toContain(where);
  });

  it('is refused with 400 when it is not UTF-8', async () => {
    const { response } = await send({
      type: 'application/json',
      body: Buffer.from('{"a":"\xff"}', 'latin1'),
    });
    expect([response.statusCode, response.json().code]).toEqual([400, 'PAWL_BODY_NOT_JSON']);
  });

  it('is refused with 413 when it is too large', async () => {
    const { ask } = fakeServer({ config: { bodyBytesMax: 64 } });
    const response = await ask(post('/predictions', { input: { s: 'x'.repeat(100) } }));
    expect([response.statusCode, response.json().code]).toEqual([413, 'PAWL_BODY_TOO_LARGE']);
  });

  it('is refused with 422 where a number is too large: as JSON it would go on as null', async () => {
    const { response } = await send({ type: 'application/json', body: '{"input":{"a":[1,1e999]}}' });
    expect(response.statusCode).toBe(422);
    const issue = { loc: ['body', 'input', 'a', 1], msg: 'must be a number that a double can hold' };
    expect(response.json().detail).toMatchObject([issue]);
  });

  it('is refused with 422 when it nests too deep', async () => {
    const body = `{"input":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`;
    const { response } = await send({ type: 'application/json', body });
    expect(response.statusCode).toBe(422);
    expect(response.json().detail[0]).toMatchObject({ loc: ['body'], msg: 'nests deeper than 500 levels' });
  });

  it.each([
    ['[]', ['body']],
    ['"text"', ['body']],
    ['{"id":1}', ['body', 'id']],
    ['{"context":"x"}', ['body', 'context']],
    ['{"context":{"k":1}}', ['body', 'context', 'k']],
    ['{"context":{"k":null}}', ['body', 'context', 'k']],
    ['{"webhook":1}', ['body', 'webhook']],
    ['{"webhook":"ftp://x"}', ['body', 'webhook']],
    ['{"webhook":"not a url"}', ['body', 'webhook']],
    ['{"webhook_events_filter":null}', ['body', 'webhook_events_filter']],
    ['{"webhook_events_filter":["start","nope"]}', ['body', 'webhook_events_filter', 1]],
    ['{"input":"text"}', ['body', 'input', '__root__']],
    ['{"input":[1]}', ['body', 'input', '__root__']],
  ])('is refused with 422 when it is %s', async (body, loc) => {
    const { response } = await send({ type: 'application/json', body });
    expect(response.statusCode).toBe(422);
    expect(response.json().detail).toEqual([{ loc, msg: expect.any(String), type: 'value_error' }]);
  });

  it('keeps __proto__ and constructor as data', async () => {
    const body = '{"input":{"__proto__":{"x":1},"constructor":2},"context":{"__proto__":"p"}}';
    const { runs } = await send({ type: 'application/json', body });
    expect(JSON.stringify(runs[0]?.request.input)).toBe('{"__proto__":{"x":1},"constructor":2}');
    expect(JSON.stringify(runs[0]?.request.context)).toBe('{"__proto__":"p"}');
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });
});
