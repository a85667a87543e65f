// Requests as such: paths, bodies, fields, checks of the input.
import type { Scenario } from '../scenario.ts';
import { JSON_TYPE } from '../transcript.ts';

const predictions = '/predictions';

export const REQUESTS: readonly Scenario[] = [
  {
    name: 'paths and methods',
    twin: 'Echo',
    async run(client) {
      await client.ask({ method: 'GET', path: '/' });
      for (const path of ['/nothing', '/predictions/', '/docs/']) await client.ask({ method: 'GET', path });
      for (const path of [
        predictions,
        '/health-check',
        '/openapi.json',
        '/shutdown',
        '/predictions/x/cancel',
      ]) {
        await client.ask({ method: 'DELETE', path });
      }
      for (const path of ['/', '/health-check', '/openapi.json']) await client.ask({ method: 'HEAD', path });
    },
  },
  {
    name: 'bodies',
    twin: 'Echo',
    async run(client) {
      const bodies = [
        '',
        '{"input":',
        '{"input":{"s":"x"}} and more',
        '[]',
        '"text"',
        'null',
        '{"input":null}',
        '{"input":[]}',
      ];
      for (const body of bodies) {
        await client.ask({ method: 'POST', path: predictions, body, headers: JSON_TYPE });
      }
      for (const type of [
        'text/plain',
        'application/xml',
        'application/vnd.api+json',
        'Application/JSON; charset=utf-8',
      ]) {
        const headers = { 'content-type': type };
        await client.ask({ method: 'POST', path: predictions, body: '{"input":{"s":"x"}}', headers });
      }
      await client.ask({ method: 'POST', path: predictions, body: '{"input":{"s":"x"}}' });
    },
  },
  {
    name: 'fields of the request',
    twin: 'Echo',
    async run(client) {
      const input = { s: 'x' };
      const fields: { readonly [key: string]: unknown }[] = [
        { id: 7 },
        { id: null },
        { id: 'mine' },
        { context: null },
        { context: { a: 1 } },
        { context: { a: 'b' } },
        { webhook: 5 },
        { webhook: 'not a url' },
        { webhook_events_filter: null },
        { webhook_events_filter: ['start', 'nonsense'] },
        { webhook_events_filter: [] },
        { created_at: 'yesterday', output_file_prefix: 'x', unknown: true },
      ];
      for (const field of fields) await client.post({ input, ...field });
    },
  },
  {
    name: 'checks of the input',
    twin: 'Echo',
    async run(client) {
      const inputs: { readonly [key: string]: unknown }[] = [
        {},
        { s: 'ab', n: 2, style: 'loud' },
        { s: 'ab', n: 9 },
        { s: 'ab', n: 0 },
        { s: 'ab', n: 1.5 },
        { s: 'ab', n: '2' },
        { s: 'ab', n: true },
        { s: 'ab', n: null },
        { s: 1 },
        { s: null },
        { s: 'ab', style: 'quiet' },
        { s: 'ab', note: null },
        { s: 'ab', note: 'n' },
        { s: 'ab', unknown: 1 },
        { n: 9, style: 1 },
      ];
      for (const input of inputs) await client.post({ input });
    },
  },
  {
    name: 'lists and secrets in the input',
    twin: 'Secrets',
    async run(client) {
      for (const input of [
        { key: 'abc' },
        { key: 'abc', words: ['x', 'y'] },
        { key: 'abc', words: [] },
        { key: 'abc', words: 'x' },
        { key: 'abc', words: [1] },
        { key: 1 },
      ]) {
        await client.post({ input });
      }
    },
  },
  {
    name: 'ids',
    twin: 'Echo',
    async run(client) {
      const input = { s: 'x' };
      const put = (path: string, body: { readonly [key: string]: unknown }) =>
        client.ask({ method: 'PUT', path, body });
      await put('/predictions/one', { input });
      await put('/predictions/two', { id: 'two', input });
      await put('/predictions/three', { id: 'other', input });
      await put('/predictions/four', { input: { s: 1 } });
      await client.ask({ method: 'POST', path: '/predictions/never/cancel' });
      await client.ask({ method: 'POST', path: '/predictions/one/cancel' });
    },
  },
];
