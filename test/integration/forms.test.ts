// Forms as create requests over a real connection and a real disk; the fleet is scripted, so that a test sees what a
// worker would be given.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { documentWith, type FakeServer, fakeServer } from '../helpers/fake-server.ts';
import { FORM_TYPE, multipart, type Part } from '../helpers/multipart.ts';
import { openSocket, requestText } from '../helpers/raw-http.ts';
import type { ScriptedRun } from '../helpers/scripted-fleet.ts';

const FILE = { type: 'string', format: 'uri' } as const;
const DOCUMENT = documentWith({
  type: 'object',
  properties: {
    prompt: { type: 'string' },
    steps: { type: 'integer', maximum: 50 },
    scale: { type: 'number' },
    fast: { type: 'boolean' },
    mode: { enum: ['quick', 'exact'] },
    image: FILE,
    images: { type: 'array', items: FILE },
    tags: { type: 'array', items: { type: 'string' } },
    options: { type: 'object' },
    anything: {},
  },
});

let workDir: string;
let server: FakeServer;
let url: string;

beforeEach(async () => {
  workDir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  const limits = { bodyBytesMax: 1_000, inputFileBytesMax: 100_000 };
  server = fakeServer({
    capacity: 4,
    document: DOCUMENT,
    config: { workDir, shutdownGraceMs: 0, host: '127.0.0.1', port: 0, ...limits },
  });
  url = await server.app.start();
});

afterEach(async () => {
  for (const run of server.fleet.slots.runs) if (!run.isOver) run.cancel();
  await server.app.close();
  expect(await readdir(workDir)).toEqual([]);
  rmSync(workDir, { recursive: true });
});

async function send(body: Buffer, type = FORM_TYPE, at = '/predictions') {
  const headers = { 'content-type': type, prefer: 'respond-async' };
  const method = at === '/predictions' ? 'POST' : 'PUT';
  const response = await fetch(`${url}${at}`, { method, headers, body: new Uint8Array(body) });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

/** What the worker is asked to do. */
async function taken(...parts: readonly Part[]): Promise<ScriptedRun['request']> {
  expect(await send(multipart(...parts))).toMatchObject({ status: 202 });
  return server.fleet.run.request;
}

/** Everything below the server's directory; none where there is no directory. */
const stored = async () =>
  (await readdir(workDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
const nothingStored = () =>
  eventually('everything is removed', async () => ((await stored()).length === 0 ? true : null));

describe('texts of a form', () => {
  it.each([
    ['prompt', 'a fox', 'a fox'],
    ['prompt', '17', '17'],
    ['prompt', '@/etc/passwd', '@/etc/passwd'],
    ['steps', '30', 30],
    ['scale', '1.5e1', 15],
    ['fast', 'true', true],
    ['mode', 'exact', 'exact'],
    ['image', 'https://h/a.png', 'https://h/a.png'],
    ['images', '["data:,a","https://h/b.png"]', ['data:,a', 'https://h/b.png']],
    ['tags', 'one', ['one']],
    ['options', '{"a":[1]}', { a: [1] }],
    ['anything', '[1,{"x":null}]', [1, { x: null }]],
    ['anything', 'free text', 'free text'],
  ])('make %s from %s', async (name, body, value) => {
    expect((await taken({ name, body })).input).toEqual({ [name]: value });
  });

  it('of one name are a list', async () => {
    const parts = ['a', 'b', 'a'].map((body) => ({ name: 'tags', body }));
    expect((await taken(...parts)).input).toEqual({ tags: ['a', 'b', 'a'] });
  });

  it.each([
    ['steps', '1.5', 'must be integer'],
    ['steps', '99', 'must be <= 50'],
    ['fast', 'yes', 'must be boolean'],
    ['image', '@/etc/passwd', 'must be an http:, https: or data: URL'],
  ])('that do not fit are answered 422: %s from %s', async (name, body, msg) => {
    const answer = await send(multipart({ name, body }));
    expect(answer).toEqual({
      status: 422,
      body: { detail: [{ loc: ['body', 'input', name], msg, type: 'value_error' }] },
    });
  });

  it('may be many, until there are too many or they are too large together', async () => {
    const tags = (count: number, body: string) =>
      Array.from({ length: count }, () => ({ name: 'tags', body }));
    expect((await taken(...tags(1_000, 'x'))).input.tags).toHaveLength(1_000);
    expect(await send(multipart(...tags(1_001, '')))).toMatchObject({ status: 413 });
    expect(await send(multipart(...tags(2, 'x'.repeat(501))))).toMatchObject({ status: 413 });
    expect(await send(multipart(...tags(1, 'x'.repeat(1_001))))).toMatchObject({
      status: 413,
      body: { code: 'PAWL_BODY_TOO_LARGE' },
    });
  });
});

describe('files of a form', () => {
  it('reach the worker by path, and are gone when the prediction has ended', async () => {
    const image = { name: 'image', filename: 'cat.png', type: 'image/png', body: Buffer.alloc(90_000, 'x') };
    const { files, input } = await taken({ name: 'prompt', body: 'p' }, image);
    const [file] = files;
    expect(files).toEqual([
      { pointer: '/image', path: file?.path, name: 'cat.png', mediaType: 'image/png', from: 'part' },
    ]);
    expect(input.image).toMatch(new RegExp(`^${url}/files/[0-9a-f]{32}$`));
    expect(readFileSync(file?.path ?? '')).toEqual(image.body);
    server.fleet.run.succeed();
    await nothingStored();
  });

  it('of one name are a list, also mixed with URLs', async () => {
    const { files, input } = await taken(
      { name: 'images', filename: 'a.png', body: 'a' },
      { name: 'images', body: 'https://h/b.png' },
      { name: 'images', filename: 'c.png', body: 'c' },
    );
    expect(files.map(({ pointer, name }) => [pointer, name]).sort()).toEqual([
      ['/images/0', 'a.png'],
      ['/images/2', 'c.png'],
    ]);
    expect(input.images).toHaveLength(3);
  });

  it('are a list of one where a list is wanted, and come without a name', async () => {
    const { files } = await taken({ name: 'images', type: 'application/octet-stream', body: '' });
    expect(files.map(({ pointer, name }) => [pointer, name])).toEqual([['/images/0', 'file']]);
  });

  it('are files where anything may stand', async () => {
    const { files } = await taken({
      name: 'anything',
      filename: 'a.json',
      type: 'application/json',
      body: '{}',
    });
    expect(files.map(({ pointer }) => pointer)).toEqual(['/anything']);
  });

  it('are refused where the predictor wants a text', async () => {
    const answer = await send(multipart({ name: 'prompt', filename: 'p.txt', body: 'long' }));
    expect(answer).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'input', 'prompt'], msg: 'takes no file: send its value as text' }] },
    });
    await nothingStored();
  });

  it('that the predictor does not know are dropped', async () => {
    const { files, input } = await taken({ name: 'other', filename: 'p.txt', body: 'x' });
    expect([files, input]).toEqual([[], {}]);
    await nothingStored();
  });

  it('that are too large are answered 413, and nothing is left', async () => {
    const body = Buffer.alloc(100_001);
    const answer = await send(
      multipart({ name: 'image', filename: 'a.png', body: 'x' }, { name: 'image', filename: 'b.png', body }),
    );
    expect(answer).toMatchObject({ status: 413, body: { error: expect.stringContaining('"b.png"') } });
    await nothingStored();
  });

  it('are removed when the prediction is refused', async () => {
    const parts = [
      { name: 'image', filename: 'a.png', body: 'x' },
      { name: 'steps', body: '99' },
    ];
    expect(await send(multipart(...parts))).toMatchObject({ status: 422 });
    await nothingStored();
  });

  it('are removed when a PUT attaches to a prediction that runs', async () => {
    const body = multipart({ name: 'image', filename: 'a.png', body: 'x' });
    await send(body, FORM_TYPE, '/predictions/one');
    const [file] = server.fleet.run.request.files;
    expect(await send(body, FORM_TYPE, '/predictions/one')).toMatchObject({ status: 202 });
    await eventually('one file', async () => ((await stored()).length === 1 ? true : null));
    expect(existsSync(file?.path ?? '')).toBe(true);
  });
});

describe('the part `request`', () => {
  it('holds what else a create request may say; other parts join its input', async () => {
    const request = { id: 'mine', context: { k: 'v' }, input: { prompt: 'p', steps: 1 } };
    const asBlob = {
      name: 'request',
      filename: 'blob',
      type: 'application/json',
      body: JSON.stringify(request),
    };
    const { id, context, input } = await taken(asBlob, { name: 'steps', body: '2' });
    expect({ id, context, input }).toEqual({
      id: 'mine',
      context: { k: 'v' },
      input: { prompt: 'p', steps: 2 },
    });
  });

  it.each([
    ['{', 400, 'PAWL_BODY_NOT_JSON'],
    ['[]', 422, undefined],
    ['{"input":3}', 422, undefined],
  ])('is refused as %s', async (body, status, code) => {
    const answer = await send(multipart({ name: 'request', type: 'application/json', body }));
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  });
});

describe('a broken form', () => {
  const whole = multipart({ name: 'image', filename: 'a.png', body: 'x'.repeat(50_000) });

  it.each([
    ['without a boundary', whole, 'multipart/form-data'],
    ['with another boundary', whole, 'multipart/form-data; boundary=other'],
    ['that is empty', Buffer.alloc(0), FORM_TYPE],
    ['that ends inside a file', whole.subarray(0, 40_000), FORM_TYPE],
    ['that ends inside a header', whole.subarray(0, 40), FORM_TYPE],
    ['with a part that has no name', multipart({ body: 'x' }), FORM_TYPE],
    ['with a file that has no name', multipart({ filename: 'a.png', body: 'x' }), FORM_TYPE],
  ])('%s is answered 400', async (_what, body, type) => {
    expect(await send(body, type)).toMatchObject({ status: 400, body: { code: 'PAWL_BAD_REQUEST' } });
    await nothingStored();
    expect(server.fleet.slots.runs).toEqual([]);
  });

  it('whose client leaves in the middle leaves nothing behind', async () => {
    const socket = await openSocket(Number(new URL(url).port));
    socket.write(
      requestText('POST /predictions', `content-type: ${FORM_TYPE}`, `content-length: ${whole.length}`),
    );
    socket.write(whole.subarray(0, 40_000));
    await eventually('a part of the file is on disk', async () =>
      (await stored()).length === 1 ? true : null,
    );
    socket.destroy();
    await nothingStored();
    expect(server.fleet.slots.runs).toEqual([]);
  });

  it('is not even read while no prediction would be taken', async () => {
    server.fleet.become('starting');
    expect(await send(whole)).toMatchObject({ status: 503, body: { code: 'PAWL_NOT_READY' } });
  });
});
