import { describe, expect, it } from 'vitest';
import { FakeSender } from '../../../helpers/fake-sender.ts';
import { fakeServer, post } from '../../../helpers/fake-server.ts';

const ASYNC = { prefer: 'respond-async' };
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the webhook of a create request', () => {
  it.each([
    ['ftp://a.test/', 'must be an http: or https: URL'],
    ['file:///etc/passwd', 'must be an http: or https: URL'],
    ['javascript:alert(1)', 'must be an http: or https: URL'],
    ['http://', 'must be an http: or https: URL'],
    ['http://a b/', 'must be an http: or https: URL'],
    ['hooks.test', 'must be an http: or https: URL'],
    ['', 'must be an http: or https: URL'],
    [7, 'must be string'],
    [`http://a.test/${'x'.repeat(8_192)}`, 'must not be longer than 8192 bytes'],
  ])('%j is refused', async (webhook, msg) => {
    const response = await fakeServer().ask(post('/predictions', { webhook }));
    expect(response.statusCode).toBe(422);
    expect(response.json()).toEqual({ detail: [{ loc: ['body', 'webhook'], msg, type: 'value_error' }] });
  });

  it.each([
    [null, [['body', 'webhook_events_filter'], 'must be array']],
    ['start', [['body', 'webhook_events_filter'], 'must be array']],
    [
      ['start', 'end'],
      [['body', 'webhook_events_filter', 1], 'must be one of "start", "output", "logs", "completed"'],
    ],
  ])('the filter %j is refused, as in Cog', async (webhook_events_filter, [loc, msg]) => {
    const body = { webhook: 'http://a.test/', webhook_events_filter };
    const response = await fakeServer().ask(post('/predictions', body));
    expect(response.json()).toEqual({ detail: [{ loc, msg, type: 'value_error' }] });
  });

  it.each([
    ['public', [], 'http://127.0.0.1:9/hook'],
    ['public', ['a.test'], 'http://[::ffff:10.0.0.1]/'],
    ['listed', ['a.test'], 'http://b.test/'],
  ] as const)('with --url-access %s %j is refused where it is %s', async (urlAccess, urlHosts, webhook) => {
    const { ask } = fakeServer({ config: { urlAccess, urlHosts } });
    const response = await ask(post('/predictions', { webhook }));
    expect(response.statusCode).toBe(422);
    expect(response.json()).toMatchObject({
      detail: [{ loc: ['body', 'webhook'], msg: expect.stringContaining('--url-access is') }],
    });
  });

  const traceOf = async (headers: Record<string, string>) => {
    const webhookSender = new FakeSender();
    const { begin } = fakeServer({ parts: { webhookSender } });
    await begin(post('/predictions', { webhook: 'http://a.test/' }, { ...ASYNC, ...headers }));
    return webhookSender.last.target.trace;
  };

  it.each([
    [{ traceparent: TRACEPARENT }],
    [{ traceparent: TRACEPARENT, tracestate: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE' }],
    [{ traceparent: `cc${TRACEPARENT.slice(2)}-what-comes-later` }],
    [{}],
  ])('carries the trace context %j', async (headers) => {
    expect(await traceOf(headers)).toEqual(headers);
  });

  it.each([
    [{ traceparent: 'nonsense', tracestate: 'a=b' }, {}],
    [{ traceparent: TRACEPARENT.toUpperCase() }, {}],
    [{ traceparent: `ff${TRACEPARENT.slice(2)}` }, {}],
    [{ traceparent: `${TRACEPARENT}-more` }, {}],
    [{ traceparent: TRACEPARENT.replace(/af7651916cd43dd8448eb211c80319c/, '0'.repeat(31)) }, {}],
    [{ traceparent: TRACEPARENT.replace('b7ad6b7169203331', '0'.repeat(16)) }, {}],
    [{ tracestate: 'a=b' }, {}],
    [{ traceparent: TRACEPARENT, tracestate: 'x'.repeat(513) }, { traceparent: TRACEPARENT }],
  ])('does not pass on %j', async (headers, passed) => {
    expect(await traceOf(headers)).toEqual(passed);
  });
});
