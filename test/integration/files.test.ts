// POST /files and what follows from it, over a real connection and a real disk; the fleet is scripted.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Replicate from 'replicate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type FakeServer, fakeServer, post } from '../helpers/fake-server.ts';
import { FORM_TYPE, multipart } from '../helpers/multipart.ts';
import { openSocket, requestText } from '../helpers/raw-http.ts';

let workDir: string;
let server: FakeServer;
let url: string;

beforeEach(async () => {
  workDir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  server = fakeServer({
    config: { workDir, shutdownGraceMs: 0, host: '127.0.0.1', port: 0, inputFileBytesMax: 100_000 },
  });
  url = await server.app.start();
});

afterEach(async () => {
  for (const run of server.fleet.slots.runs) if (!run.isOver) run.cancel();
  await server.app.close();
  expect(await readdir(workDir)).toEqual([]);
  rmSync(workDir, { recursive: true });
});

async function upload(body: string | Buffer, headers: Record<string, string>, query = '') {
  const response = await fetch(`${url}/files${query}`, { method: 'POST', headers, body: Buffer.from(body) });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

const stored = async () =>
  (await readdir(workDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
const storedCount = (count: number) =>
  eventually(`${count} files are stored`, async () => ((await stored()).length === count ? true : null));

describe('POST /files', () => {
  it('keeps the part `content` and tells everything about it', async () => {
    const body = multipart(
      { name: 'content', filename: 'cat.png', type: 'image/png', body: 'meow' },
      { name: 'metadata', filename: 'blob', type: 'application/json', body: '{"a":[1]}' },
    );
    const answer = await upload(body, { 'content-type': FORM_TYPE });
    const { id } = answer.body;
    const sha256 = createHash('sha256').update('meow').digest('hex');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${url}/files/${id}`);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'cat.png',
      content_type: 'image/png',
      size: 4,
      etag: sha256,
      checksums: { sha256 },
      metadata: { a: [1] },
      created_at: '1970-01-01T00:16:40.000Z',
      expires_at: '1970-01-02T00:16:40.000Z',
      urls: { get: `${url}/files/${id}`, content: `${url}/files/${id}/content` },
    });
    expect(await (await fetch(answer.body.urls.get)).json()).toEqual(answer.body);
  });

  it('keeps a raw body, named by the query', async () => {
    const { status, body } = await upload('meow', { 'content-type': 'image/png' }, '?filename=c%C3%A4t.png');
    expect({ status, name: body.name, type: body.content_type, size: body.size }).toEqual({
      status: 201,
      name: 'cät.png',
      type: 'image/png',
      size: 4,
    });
    const content = await fetch(body.urls.content);
    expect(await content.text()).toBe('meow');
    expect(Object.fromEntries(content.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '4',
      'content-disposition': "attachment; filename*=UTF-8''c%C3%A4t.png",
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    ['a form without `content`', multipart({ name: 'file', filename: 'a', body: 'x' }), FORM_TYPE, 422],
    ['no bytes', '', 'image/png', 422],
    ['more bytes than --max-input-bytes', Buffer.alloc(100_001), 'image/png', 413],
    ['a broken form', 'nonsense', FORM_TYPE, 400],
    [
      'metadata that is no object',
      multipart({ name: 'content', filename: 'a', body: 'x' }, { name: 'metadata', body: '[]' }),
      FORM_TYPE,
      422,
    ],
    [
      'metadata that is too large',
      multipart({ name: 'content', filename: 'a', body: 'x' }, { name: 'metadata', body: 'x'.repeat(5_000) }),
      FORM_TYPE,
      413,
    ],
  ])('refuses %s, and keeps nothing', async (_what, body, type, status) => {
    expect((await upload(body, { 'content-type': type })).status).toBe(status);
    await storedCount(0);
  });

  it('leaves nothing of a client that left', async () => {
    const socket = await openSocket(Number(new URL(url).port));
    socket.write(requestText('POST /files', 'content-type: image/png', 'content-length: 90000'));
    socket.write(Buffer.alloc(80_000));
    await storedCount(1);
    socket.destroy();
    await storedCount(0);
  });

  it('serves the client of Replicate as it is', async () => {
    const replicate = new Replicate({ auth: 'none', baseUrl: url });
    const created = await replicate.files.create(Buffer.from('meow'), { kind: 'sound' });
    expect(await replicate.files.get(created.id)).toMatchObject({
      content_type: 'application/octet-stream',
      size: 4,
      metadata: { kind: 'sound' },
    });
    expect(await replicate.files.delete(created.id)).toBe(true);
    await expect(replicate.files.get(created.id)).rejects.toThrow('404');
    await storedCount(0);
  });
});

describe('a stored file', () => {
  it('is handed to the worker by path, and stays while a prediction uses it', async () => {
    const { body } = await upload('meow', { 'content-type': 'image/png' }, '?filename=cat.png');
    await server.ask(post('/predictions', { input: { f: body.urls.get } }, { prefer: 'respond-async' }));
    const [file] = server.fleet.run.request.files;
    expect(server.fleet.run.request.files).toEqual([
      { pointer: '/f', path: file?.path, name: 'cat.png', mediaType: 'image/png', from: 'url' },
    ]);
    expect((await fetch(body.urls.get, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(body.urls.get)).status).toBe(404);
    expect(readFileSync(file?.path ?? '', 'utf8')).toBe('meow');
    server.fleet.run.succeed();
    await storedCount(0);
  });

  it('is an ordinary URL once it has expired', async () => {
    const { body } = await upload('meow', { 'content-type': 'image/png' });
    server.clock.advance(24 * 3_600_000);
    expect(await (await fetch(body.urls.content)).json()).toMatchObject({ code: 'PAWL_FILE_NOT_FOUND' });
    await server.ask(post('/predictions', { input: { f: body.urls.get } }, { prefer: 'respond-async' }));
    expect(server.fleet.run.request.files).toEqual([]);
  });

  it.each(['GET', 'DELETE'])('that nobody knows is answered 404 to %s', async (method) => {
    const response = await fetch(`${url}/files/${'0'.repeat(32)}`, { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'PAWL_FILE_NOT_FOUND' });
  });
});
