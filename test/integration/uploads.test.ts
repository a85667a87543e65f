// Uploaded files from a real client to a real predictor.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/files.ts';
const AUTHORIZED = { authorization: 'Bearer t0ken' };
let scratch: string;
let server: RunningServer;

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  writeFileSync(path.join(scratch, 'tokens'), 't0ken\n');
  server = await startServer(PREDICTOR, {
    args: ['--work-dir', scratch, '--auth-token-file', path.join(scratch, 'tokens')],
  });
});
afterAll(async () => {
  await server.stop();
  expect(readdirSync(scratch)).toEqual(['tokens']);
  rmSync(scratch, { recursive: true });
});

const files = () =>
  readdirSync(scratch, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== 'tokens',
  );
const nothingStored = () => eventually('all files are removed', () => (files().length === 0 ? true : null));

async function send(form: FormData, headers: Record<string, string> = {}) {
  const options = { method: 'POST', headers: { ...AUTHORIZED, ...headers }, body: form };
  const response = await fetch(`${server.url}/predictions`, options);
  return JSON.parse(await response.text());
}

function formOf(entries: readonly (readonly [string, string | File])[]): FormData {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value);
  return form;
}

describe('a form', () => {
  it('brings files, texts and lists to predict(), and leaves nothing on disk', async () => {
    const body = await send(
      formOf([
        ['one', new File(['eins'], 'one.txt', { type: 'text/plain' })],
        ['many', new File(['zwei'], 'same.bin')],
        ['many', 'data:text/plain,drei'],
        ['many', new File(['vier'], 'same.bin', { type: 'image/png' })],
        ['label', '17'],
      ]),
    );
    expect(body).toMatchObject({ status: 'succeeded' });
    expect(body.output).toEqual({
      label: '17',
      files: [
        { name: 'one.txt', type: 'text/plain', size: 4, text: 'eins' },
        { name: 'same.bin', type: 'application/octet-stream', size: 4, text: 'zwei' },
        { name: 'file.txt', type: 'text/plain', size: 4, text: 'drei' },
        { name: 'same-2.bin', type: 'image/png', size: 4, text: 'vier' },
      ],
    });
    await nothingStored();
  });

  it('is cleaned up where the worker dies, and where the prediction is canceled', async () => {
    const file = () => new File([Buffer.alloc(5_000_000)], 'big.bin');
    const crashed = await send(
      formOf([
        ['one', file()],
        ['next', 'crash'],
      ]),
    );
    expect(crashed).toMatchObject({ status: 'failed', error_code: 'PAWL_WORKER_CRASHED' });
    await nothingStored();
    await eventually('the worker is back', async () =>
      (await fetch(`${server.url}/readyz`)).ok ? true : null,
    );
    const { id } = await send(
      formOf([
        ['one', file()],
        ['next', 'wait'],
      ]),
      { prefer: 'respond-async' },
    );
    await eventually('the file is read', async () => (files().length === 2 ? true : null));
    await fetch(`${server.url}/predictions/${id}/cancel`, { method: 'POST', headers: AUTHORIZED });
    await nothingStored();
  });
});

describe('a file of POST /files', () => {
  async function upload(content: string): Promise<string> {
    const options = { method: 'POST', headers: { ...AUTHORIZED, 'content-type': 'text/csv' }, body: content };
    const response = await fetch(`${server.url}/files?filename=table`, options);
    return (JSON.parse(await response.text()) as { urls: { get: string } }).urls.get;
  }

  it('works as an input though its URL asks for a token, and is what it was after predict() wrote to it', async () => {
    const url = await upload('a,b\n');
    expect((await fetch(url)).status).toBe(401);
    const input = { one: url, spoil: true };
    for (const _time of [1, 2]) {
      const { body } = await predict(server.url, input, AUTHORIZED);
      expect(body.output).toEqual({
        label: '',
        files: [{ name: 'table.csv', type: 'text/csv', size: 4, text: 'a,b\n' }],
      });
    }
    await fetch(url, { method: 'DELETE', headers: AUTHORIZED });
    await nothingStored();
  });

  it('that has gone fails the prediction, which says where it looked', async () => {
    const url = await upload('x');
    await fetch(url, { method: 'DELETE', headers: AUTHORIZED });
    const { body } = await predict(server.url, { one: url }, AUTHORIZED);
    expect(body).toMatchObject({ status: 'failed', error: expect.stringContaining(url) });
  });
});
