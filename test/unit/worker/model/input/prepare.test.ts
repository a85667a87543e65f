import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isPawlFile, PawlFile } from '../../../../../src/predictor/pawl-file.ts';
import { type PrepareOptions, prepareInput } from '../../../../../src/worker/model/input/prepare.ts';
import type { FilePath, InputSchema } from '../../../../../src/worker/model/loaded-predictor.ts';
import { netClient } from '../../../../helpers/net-client.ts';

let tempDir: string;
let options: PrepareOptions;

beforeEach(async () => {
  tempDir = await mkdtemp(path.join(tmpdir(), 'pawl-prepare-'));
  options = {
    given: [],
    tempDir: vi.fn(() => tempDir),
    signal: vi.fn(() => new AbortController().signal),
    enter: (check) => check(),
    client: netClient(),
    inputFileBytesMax: 100,
    downloadMs: 1000,
    userAgent: null,
  };
});

afterEach(() => rm(tempDir, { recursive: true }));

const schemaWith = (
  files: FilePath[],
  check: InputSchema['check'] = async (value) => ({ ok: true, value }),
) => ({
  json: {},
  files,
  check,
});

it('accepts any object without a schema', async () => {
  const raw = { f: 'data:,x' };
  expect(await prepareInput(raw, null, options)).toEqual({ ok: true, value: raw });
});

it('gives what the schema made of it, and touches no disk without files', async () => {
  const check: InputSchema['check'] = async (value) => ({ ok: true, value: { ...value, added: 1 } });
  const result = await prepareInput({ a: 1, f: null }, schemaWith([['f'], ['g', null]], check), options);
  expect(result).toEqual({ ok: true, value: { a: 1, f: null, added: 1 } });
  expect(options.tempDir).not.toHaveBeenCalled();
  expect(options.signal).not.toHaveBeenCalled();
});

it('gives the issues of the schema', async () => {
  const refused = { ok: false, issues: [{ path: ['a'], message: 'must be a number' }] } as const;
  expect(
    await prepareInput(
      {},
      schemaWith([], async () => refused),
      options,
    ),
  ).toBe(refused);
});

it('shows files to the schema as PawlFile', async () => {
  const check = vi.fn<InputSchema['check']>(async (value) => ({ ok: true, value }));
  const raw = { f: 'data:image/png;base64,aGVsbG8=', list: ['data:,a%20b', 'data:text/plain,c'] };
  const result = await prepareInput(raw, schemaWith([['f'], ['list', null]], check), options);
  if (!result.ok) throw new Error('refused');
  const { f, list } = result.value as { f: PawlFile; list: PawlFile[] };
  expect(f).toBeInstanceOf(PawlFile);
  expect(f).toMatchObject({ name: 'file.png', type: 'image/png', size: 5 });
  expect(list.map(({ name, type, size }) => [name, type, size])).toEqual([
    ['file.txt', 'text/plain', 3],
    ['file-2.txt', 'text/plain', 1],
  ]);
  expect(await Promise.all([f, ...list].map((file) => file.text()))).toEqual(['hello', 'a b', 'c']);
  expect(check.mock.calls[0]?.[0].f).toBe(f);
  expect(raw.f).toBeTypeOf('string');
});

it('refuses what is no http(s) or data URL, before anything is written', async () => {
  const raw = { f: '/etc/passwd', list: ['data:,x', 'ftp://a/b', ''] };
  expect(await prepareInput(raw, schemaWith([['f'], ['list', null]]), options)).toEqual({
    ok: false,
    issues: [
      { path: ['f'], message: 'must be an http(s) URL or a data: URL' },
      { path: ['list', 1], message: 'must be an http(s) URL or a data: URL' },
      { path: ['list', 2], message: 'must be an http(s) URL or a data: URL' },
    ],
  });
  expect(options.tempDir).not.toHaveBeenCalled();
});

it.each([
  ['data:;base64,***', 'Input file f could not be read from data:;base64,***: its data is not valid base64'],
  ['data:nothing', 'Input file f could not be read from data:nothing: it has no comma'],
  [
    `data:,${'x'.repeat(101)}`,
    'x…: it is larger than 100 bytes; send a smaller file or raise --max-input-bytes',
  ],
])('fails on %s', async (url, message) => {
  const failed = prepareInput({ f: url }, schemaWith([['f']]), options);
  await expect(failed).rejects.toThrow(expect.objectContaining({ code: 'PAWL_INPUT_FILE_FAILED' }));
  await expect(failed).rejects.toThrow(message);
});

it('says what is wrong with the temporary directory', async () => {
  const file = path.join(tempDir, 'file');
  await writeFile(file, '');
  const failed = prepareInput({ f: 'data:,x' }, schemaWith([['f']]), { ...options, tempDir: () => file });
  await expect(failed).rejects.toThrow(/Input file f could not be read from data:,x: .*ENOTDIR|EEXIST/);
});

describe('files that the server has already', () => {
  let stored: string;
  beforeEach(async () => {
    stored = path.join(tempDir, 'stored');
    await writeFile(stored, 'meow');
  });
  const given = (from: 'part' | 'url', more: { pointer?: string; name?: string } = {}): PrepareOptions => {
    const file = { pointer: '/f', path: stored, name: 'cat.png', mediaType: 'image/png', from, ...more };
    return { ...options, given: [file] };
  };
  const url = 'http://h/files/1';

  async function fileIn(schema: InputSchema | null, how: PrepareOptions): Promise<PawlFile> {
    const result = await prepareInput({ f: url }, schema, how);
    if (!result.ok || !isPawlFile(result.value.f)) throw new Error(`no file: ${JSON.stringify(result)}`);
    return result.value.f;
  }

  it('are not fetched, and are the own of the prediction whatever it does to them', async () => {
    const file = await fileIn(schemaWith([['f']]), given('url'));
    expect(file).toMatchObject({ name: 'cat.png', type: 'image/png', size: 4 });
    await writeFile(file.path, 'spoiled');
    expect(await readFile(stored, 'utf8')).toBe('meow');
  });

  it('take no second place on the disk where they came with the prediction', async () => {
    const file = await fileIn(schemaWith([['f']]), given('part'));
    expect((await stat(file.path)).ino).toBe((await stat(stored)).ino);
  });

  it('are files without a schema where they came with the prediction, and else the text that was sent', async () => {
    expect(await fileIn(null, given('part'))).toMatchObject({ size: 4 });
    expect(await prepareInput({ f: url }, null, given('url'))).toEqual({ ok: true, value: { f: url } });
  });

  it.each([
    ['cat', 'cat.png'],
    ['../../cat.jpeg', 'cat.jpeg'],
    ['..', 'file.png'],
  ])('called %s are named %s', async (name, shown) => {
    expect(await fileIn(null, given('part', { name }))).toMatchObject({ name: shown });
  });

  it.each(['', '/g', '/f/0', '/__proto__', '/list/7'])(
    'are ignored where the input has no text: %j',
    async (pointer) => {
      const input = { f: url, list: [url] };
      expect(await prepareInput(input, null, given('part', { pointer }))).toEqual({ ok: true, value: input });
    },
  );

  it('that cannot be had fail the prediction and are named', async () => {
    await rm(stored);
    await expect(prepareInput({ f: url }, null, given('part'))).rejects.toMatchObject({
      code: 'PAWL_INPUT_FILE_FAILED',
      message: expect.stringContaining('Input file f could not be read from the uploaded file "cat.png": '),
    });
  });
});
