import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Response } from 'light-my-request';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentWith, fakeServer, post, STREAMING } from '../../../helpers/fake-server.ts';

const PAGE = 'https://app.example';
const OTHER = 'https://evil.example';

const allowed = ({ headers }: Response) => headers['access-control-allow-origin'];

function preflight(url: string, origin = PAGE) {
  const headers = {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'content-type, prefer, cancel-after, authorization, last-event-id',
  };
  return { method: 'OPTIONS' as const, url, headers };
}

describe('without --cors-origin', () => {
  it('nothing is said of origins, and a preflight request is 405', async () => {
    const { ask } = fakeServer();
    const response = await ask({ url: '/', headers: { origin: PAGE } });
    expect(Object.keys(response.headers).filter((name) => /^access-control|^vary/.test(name))).toEqual([]);
    const asked = await ask(preflight('/predictions/a'));
    expect([asked.statusCode, asked.json().code]).toEqual([405, 'PAWL_METHOD_NOT_ALLOWED']);
  });
});

describe('with --cors-origin', () => {
  const server = (capacity = 1) =>
    fakeServer({
      config: { corsOrigins: [PAGE, 'http://localhost:3000'] },
      document: documentWith({ type: 'object', properties: { n: { type: 'integer' } } }),
      capacity,
    });

  it('answers a preflight request of such a page', async () => {
    const response = await server().ask(preflight('/predictions/a'));
    expect([response.statusCode, response.payload]).toEqual([204, '']);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': expect.stringContaining('PUT'),
      'access-control-allow-headers': expect.stringContaining('cancel-after'),
      'access-control-max-age': '7200',
      vary: expect.stringContaining('Origin'),
    });
  });

  it('lets the page read answers and errors of all kinds, and Retry-After', async () => {
    const { ask } = server(0);
    const origin = { origin: PAGE };
    const answers = [
      await ask({ url: '/health-check', headers: origin }),
      await ask({ url: '/predictions/none', headers: origin }),
      await ask({ url: '/nowhere', headers: origin }),
      await ask({ method: 'DELETE', url: '/predictions', headers: origin }),
      await ask(post('/predictions', { input: { n: 'x' } }, origin)),
      await ask({ ...post('/predictions', {}, origin), payload: '{' }),
      await ask(post('/predictions', {}, origin)),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 404, 404, 405, 422, 400, 409]);
    expect(answers.map(allowed)).toEqual(answers.map(() => PAGE));
    expect(answers.at(-1)?.headers['access-control-expose-headers']).toContain('Retry-After');
  });

  it('lets the page read an event stream', async () => {
    const config = { corsOrigins: [PAGE] };
    const { fleet, begin } = fakeServer({ config, document: STREAMING });
    const { answer } = await begin(post('/predictions', {}, { origin: PAGE, accept: 'text/event-stream' }));
    fleet.run.succeed();
    const response = await answer;
    expect([response.headers['content-type'], allowed(response)]).toEqual(['text/event-stream', PAGE]);
  });

  it('tells another page nothing', async () => {
    const { ask } = server();
    expect(allowed(await ask({ url: '/', headers: { origin: OTHER } }))).toBeUndefined();
    expect(allowed(await ask(preflight('/predictions/a', OTHER)))).toBeUndefined();
    expect((await ask({ url: '/' })).statusCode).toBe(200);
  });

  it('lets every page in with *', async () => {
    const { ask } = fakeServer({ config: { corsOrigins: ['*'] } });
    expect(allowed(await ask({ url: '/', headers: { origin: OTHER } }))).toBe('*');
  });

  it('still answers an unknown path 404, and OPTIONS that is no preflight without text', async () => {
    const { ask } = server();
    expect((await ask({ url: '/predictions/' })).json().code).toBe('PAWL_NOT_FOUND');
    const response = await ask({ method: 'OPTIONS', url: '/predictions' });
    expect([response.statusCode, response.payload]).toEqual([204, '']);
  });
});

describe('with --cors-origin and tokens', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pawl-cors-'));
    writeFileSync(path.join(folder, 'tokens'), 'secret\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('a preflight request needs no token, and a page can read the 401', async () => {
    const config = { corsOrigins: [PAGE], authTokenFile: path.join(folder, 'tokens') };
    const { ask } = fakeServer({ config });
    expect((await ask(preflight('/predictions/a'))).statusCode).toBe(204);
    const refused = await ask({ url: '/predictions', headers: { origin: PAGE } });
    expect([refused.statusCode, allowed(refused)]).toEqual([401, PAGE]);
    const authorization = 'Bearer secret';
    expect((await ask({ url: '/predictions', headers: { authorization } })).statusCode).toBe(200);
    expect((await ask({ url: '/predictions' })).statusCode).toBe(401);
    expect((await ask({ url: '/nowhere' })).statusCode).toBe(401);
  });
});
