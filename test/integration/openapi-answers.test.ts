// Every operation of the document with every status it names, from real servers, each answer held against its schema.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DocumentedAnswers } from '../helpers/documented-answers.ts';
import { eventually } from '../helpers/eventually.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/documented.mjs';
const TOKEN = { authorization: 'Bearer secret' };
const JSON_TYPE = { 'content-type': 'application/json' };
const BYTES = { 'content-type': 'application/octet-stream' };
const ASYNC = { prefer: 'respond-async' };
const STREAM = { accept: 'text/event-stream' };
const BODY_BYTES = 2_000;
const FILE_BYTES = 1_000;

let folder: string;
let server: RunningServer;
let starting: RunningServer;
let answers: DocumentedAnswers;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  const tokens = path.join(folder, 'tokens');
  writeFileSync(tokens, 'secret\n');
  const bounds = ['--max-body-bytes', `${BODY_BYTES}`, '--max-input-bytes', `${FILE_BYTES}`];
  const args = ['--auth-token-file', tokens, ...bounds, '--max-stored-bytes', '1500', '--restart', 'never'];
  server = await startServer(PREDICTOR, { args });
  starting = await startServer(PREDICTOR, { args, env: { HOLD_SETUP: '1' }, until: 'listening' });
  const document = await fetch(`${server.url}/openapi.json`, { headers: TOKEN });
  answers = new DocumentedAnswers(JSON.parse(await document.text()));
});
afterAll(async () => {
  await Promise.all([server?.stop(), starting?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  readonly of?: RunningServer;
}

/** Sends a request, holds the answer against the document, and gives its body. */
async function ask(status: number, target: string, asked: Asked = {}): Promise<string> {
  const [method = '', to = ''] = target.split(' ');
  const { headers = TOKEN, body, of = server } = asked;
  const response = await fetch(`${of.url}${to}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  expect([target, response.status, text]).toEqual([target, status, expect.any(String)]);
  const mediaType = response.headers.get('content-type');
  expect(answers.fault({ method, path: to, status, mediaType, body: text })).toBeNull();
  return text;
}

const create = (
  status: number,
  target: string,
  body: object | string,
  headers: Record<string, string> = {},
) =>
  ask(status, target, {
    headers: { ...TOKEN, ...JSON_TYPE, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function refusesBodies(target: string): Promise<void> {
  await create(400, target, '{');
  await create(413, target, 'x'.repeat(BODY_BYTES + 1));
  await create(415, target, 'text', { 'content-type': 'text/plain' });
  await create(422, target, { input: { text: 1, steps: 'x' } });
}

it('every operation asks for its token', async () => {
  const closed = answers.documented().filter((each) => each.endsWith(' 401'));
  expect(closed.length).toBeGreaterThan(15);
  for (const operation of closed) {
    const target = operation.replace(/ 401$/, '').replaceAll(/\{\w+\}/g, 'x');
    await ask(401, target, { headers: {} });
  }
});

it('what the server says about itself', async () => {
  for (const route of ['/', '/health-check', '/openapi.json', '/livez', '/readyz', '/startupz']) {
    await ask(200, `GET ${route}`);
  }
});

it('predictions', async () => {
  const input = { text: 'a' };
  await create(200, 'POST /predictions', { input: { ...input, size: 2, key: 'k', note: null } });
  await create(200, 'POST /predictions', { input: { ...input, after: 'fail' } });
  await create(202, 'POST /predictions', { id: 'held', input: { ...input, after: 'wait' } }, ASYNC);
  await create(409, 'POST /predictions', { input });
  await create(409, 'POST /predictions', { id: 'held', input });
  await refusesBodies('POST /predictions');
  await create(202, 'PUT /predictions/held', { input });
  await create(409, 'PUT /predictions/other', { input });
  await refusesBodies('PUT /predictions/other');
  await ask(200, 'GET /predictions');
  await ask(422, 'GET /predictions?limit=0');
  await ask(200, 'GET /predictions/held');
  await ask(404, 'GET /predictions/nobody');
  await ask(200, 'POST /predictions/held/cancel');
  await ask(404, 'POST /predictions/nobody/cancel');
  await create(200, 'PUT /predictions/held', { input }, { prefer: 'wait' });
  const events = await ask(200, 'GET /predictions/held/stream');
  const last = [...events.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';
  await ask(204, 'GET /predictions/held/stream', { headers: { ...TOKEN, 'last-event-id': last } });
  await ask(404, 'GET /predictions/nobody/stream');
});

it('trainings', async () => {
  const input = { steps: 3 };
  await create(200, 'POST /trainings', { input });
  await create(202, 'POST /trainings', { id: 'held-t', input: { steps: 1, wait: true } }, ASYNC);
  await create(409, 'POST /trainings', { input });
  await create(406, 'POST /trainings', { input }, STREAM);
  await refusesBodies('POST /trainings');
  await create(202, 'PUT /trainings/held-t', { input });
  await create(409, 'PUT /trainings/other', { input });
  await create(406, 'PUT /trainings/other', { input }, STREAM);
  await refusesBodies('PUT /trainings/other');
  await ask(200, 'GET /trainings');
  await ask(422, 'GET /trainings?limit=0');
  await ask(200, 'GET /trainings/held-t');
  await ask(404, 'GET /trainings/nobody');
  await ask(200, 'POST /trainings/held-t/cancel');
  await ask(404, 'POST /trainings/nobody/cancel');
  await create(200, 'PUT /trainings/held-t', { input }, { prefer: 'wait' });
});

it('files', async () => {
  const upload = (status: number, body: string, headers: object = {}) =>
    ask(status, 'POST /files', { headers: { ...TOKEN, ...BYTES, ...headers }, body });
  const { id } = JSON.parse(await upload(201, 'x'.repeat(800)));
  await upload(507, 'x'.repeat(800));
  await upload(413, 'x'.repeat(FILE_BYTES + 1));
  await upload(415, 'x', { 'content-encoding': 'gzip' });
  await upload(422, '');
  await upload(400, 'x', { 'content-type': 'multipart/form-data' });
  await ask(200, `GET /files/${id}`);
  await ask(200, `GET /files/${id}/content`);
  await ask(204, `DELETE /files/${id}`);
  for (const target of [`GET /files/${id}`, `GET /files/${id}/content`, `DELETE /files/${id}`]) {
    await ask(404, target);
  }
});

it('a server that is starting, and one that has lost its worker', async () => {
  for (const route of ['/openapi.json', '/readyz', '/startupz'])
    await ask(503, `GET ${route}`, { of: starting });
  for (const target of ['POST /predictions', 'PUT /predictions/a', 'POST /trainings', 'PUT /trainings/a']) {
    const headers = { ...TOKEN, ...JSON_TYPE };
    await ask(503, target, { of: starting, headers, body: '{"input": {"text": "a", "steps": 1}}' });
  }
  await create(200, 'POST /predictions', { input: { text: 'a', after: 'crash' } });
  const isDefunct = async () => ((await fetch(`${server.url}/livez`)).status === 503 ? true : null);
  await eventually('the server is defunct', isDefunct);
  await ask(503, 'GET /livez');
  await ask(200, 'GET /health-check');
});

it('the end, and then nothing of the document is left that no answer has shown', async () => {
  await ask(200, 'POST /shutdown');
  expect([...answers.seen].sort()).toEqual(answers.documented().sort());
});
