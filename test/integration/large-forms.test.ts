// Forms whose texts are too large for the server's event loop: the same answers as for small ones, and nothing left.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LargeServer, onDisk, startLarge, stopLarge } from '../helpers/large-server.ts';
import { FORM_TYPE, multipart, type Part } from '../helpers/multipart.ts';
import { slowUpload } from '../helpers/slow-upload.ts';

const TEXT = 'x'.repeat(2 * 1024 * 1024);

describe('a large form', () => {
  let started: LargeServer;
  beforeAll(async () => {
    started = await startLarge('echoes', ['--retention', '1']);
  });
  afterAll(() => stopLarge(started));
  const post = async (...parts: Part[]) => {
    const body = multipart(...parts);
    const upload = slowUpload(`${started.server.url}/predictions`, {
      bytes: body.length,
      headers: { 'content-type': FORM_TYPE },
    });
    await upload.send(body);
    const answer = await upload.finish();
    return { status: answer.status, body: JSON.parse(answer.body.toString()) };
  };
  const type = 'application/json';

  it('is read and checked outside the server, and its input stays on disk', async () => {
    const file = { name: 'file', filename: 'a.txt', type: 'application/octet-stream', body: 'content' };
    const more = { name: 'more', type, body: '[1,{"a":"é🌍"}]' };
    const request = { name: 'request', type, body: `{"id":"form","input":{"text":"${TEXT}"}}` };
    const { status, body } = await post(request, more, file);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'form', output: { text: TEXT, more: [1, { a: 'é🌍' }] } });
    await onDisk(started, { named: 0, nameless: 2 });
    const shown = (await (await fetch(`${started.server.url}/predictions/form`)).json()) as { input: object };
    expect(shown.input).toMatchObject({ text: TEXT, more: [1, { a: 'é🌍' }] });
  });

  it('with texts of which each is small is one, too', async () => {
    const parts = Array.from({ length: 4 }, (_, i) => ({ name: `part${i}`, body: 'é'.repeat(300_000) }));
    const { status, body } = await post(...parts);
    expect([status, Object.keys(body.output)]).toEqual([200, parts.map(({ name }) => name)]);
    await onDisk(started, { named: 0, nameless: 2 });
  });

  it('that is broken is refused as a small one is, and leaves nothing', async () => {
    const refused = (body: string) =>
      post({ name: 'request', type, body }, { name: 'a', filename: 'a', type: 'image/png', body: 'x' });
    for (const [tail, status] of [
      ['"}', 400],
      ['"},"webhook":1}', 422],
    ] as const) {
      const small = await refused(`{"id":"x","input":{"a":"${tail}`);
      expect(small.status).toBe(status);
      const large = await refused(`{"id":"x","input":{"a":"${TEXT}${tail}`);
      const columns = (text: string) => text.replace(/column \d+/, '');
      expect(columns(JSON.stringify(large))).toBe(columns(JSON.stringify(small)));
    }
    await onDisk(started, { named: 0, nameless: 2 });
  });
});
