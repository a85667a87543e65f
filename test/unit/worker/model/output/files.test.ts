import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { outputFile } from '../../../../../src/predictor/output-file.ts';
import { PawlFile } from '../../../../../src/predictor/pawl-file.ts';
import { type EncodedOutput, encodeOutput } from '../../../../../src/worker/model/output/encode.ts';
import { OutputArea, type OutputKind } from '../../../../../src/worker/model/output/output-area.ts';

let root: string;
let outputDir: string;
let tempDir: string;
let controller: AbortController;
let area: OutputArea;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'pawl-output-'));
  outputDir = path.join(root, 'outputs');
  tempDir = path.join(root, 'temp');
  await Promise.all([mkdir(outputDir), mkdir(tempDir)]);
  controller = new AbortController();
  area = new OutputArea({
    outputDir: () => outputDir,
    tempDir: () => tempDir,
    signal: () => controller.signal,
  });
});

afterEach(() => rm(root, { recursive: true }));

const encode = async (value: unknown, kind: OutputKind = 'value'): Promise<EncodedOutput> =>
  encodeOutput(value, { area, kind, path: 'output' });

/** The only file of an output: what the server is told, and its content. */
async function onlyFile(value: unknown, kind: OutputKind = 'value') {
  const encoded = await encode(value, kind);
  const [file, ...others] = encoded.files;
  expect(others).toEqual([]);
  if (file === undefined) throw new Error('no file');
  return { ...file, value: encoded.value, text: await readFile(file.path, 'utf8') };
}

const webStream = (text: string) => new Blob([text]).stream();

const BIN = { name: 'output.bin', mediaType: null };
const CONTENTS: readonly [name: string, make: () => unknown, expected: object][] = [
  ['a Buffer', () => Buffer.from('abc'), BIN],
  ['a Uint8Array view', () => new Uint8Array(Buffer.from('xabcx')).subarray(1, 4), BIN],
  ['an ArrayBuffer', () => new TextEncoder().encode('abc').buffer, BIN],
  ['a Blob', () => new Blob(['abc'], { type: 'image/png' }), { name: 'output.png', mediaType: 'image/png' }],
  ['a Blob without a type', () => new Blob(['abc']), BIN],
  ['a File', () => new File(['abc'], 'cat.jpeg'), { name: 'cat.jpeg', mediaType: 'image/jpeg' }],
  [
    'a Response',
    () => new Response('abc', { headers: { 'content-type': 'text/css; charset=utf-8' } }),
    { name: 'output.css', mediaType: 'text/css; charset=utf-8' },
  ],
  [
    'outputFile(DataView)',
    () => outputFile(new DataView(new TextEncoder().encode('abc').buffer) as never),
    BIN,
  ],
  ['a web stream', () => webStream('abc'), BIN],
  ['a node stream', () => Readable.from([Buffer.from('a'), Buffer.from('bc')]), BIN],
  [
    'outputFile(Buffer)',
    () => outputFile(Buffer.from('abc'), { name: '../a/b.wav' }),
    { name: 'b.wav', mediaType: 'audio/wav' },
  ],
  [
    'outputFile(stream)',
    () => outputFile(webStream('abc'), { type: 'image/webp' }),
    { name: 'output.webp', mediaType: 'image/webp' },
  ],
  [
    'outputFile(Blob)',
    () => outputFile(new File(['abc'], 'n.txt'), { type: 'text/x' }),
    { name: 'n.txt', mediaType: 'text/x' },
  ],
  [
    'a name without extension',
    () => outputFile(Buffer.from('abc'), { name: 'pic', type: 'image/png' }),
    { name: 'pic.png', mediaType: 'image/png' },
  ],
];

it.each(CONTENTS)('writes %s to a file', async (_name, make, expected) => {
  const file = await onlyFile(make());
  expect(file).toMatchObject({ pointer: '', value: null, text: 'abc', temporary: true, ...expected });
  expect(path.dirname(file.path)).toBe(outputDir);
  expect(path.basename(file.path)).toMatch(new RegExp(`^\\d+-${file.name}$`));
});

it('reads a FileHandle from its beginning and closes it', async () => {
  const handle = await open(path.join(root, 'h.txt'), 'w+');
  await handle.write('abc');
  expect(await onlyFile({ h: handle })).toMatchObject({ pointer: '/h', text: 'abc', temporary: true });
  expect(handle.fd).toBe(-1);
});

it('takes the name of a stream from the file that it reads', async () => {
  const handle = await open(path.join(root, 'song.mp3'), 'w+');
  const stream = Object.assign(handle.createReadStream(), { path: path.join(root, 'song.mp3') });
  expect(await onlyFile(stream)).toMatchObject({ name: 'song.mp3', mediaType: 'audio/mpeg' });
});

it('puts null and a pointer where the files are, at any depth and in order', async () => {
  const value = {
    'a/b~c': [Buffer.from('1'), { deep: Promise.resolve(new Blob(['2'])) }],
    plain: [1],
    map: new Map([['k', new Set([Readable.from([Buffer.from('3')])])]]),
  };
  const { value: json, files } = await encode(value);
  expect(json).toEqual({ 'a/b~c': [null, { deep: null }], plain: [1], map: { k: [null] } });
  const contents = await Promise.all(
    files.map(async (file) => [file.pointer, await readFile(file.path, 'utf8')]),
  );
  expect(contents).toEqual([
    ['/a~1b~0c/0', '1'],
    ['/map/k/0', '3'],
    ['/a~1b~0c/1/deep', '2'],
  ]);
  expect(new Set(files.map(({ name }) => name)).size).toBe(3);
});

it('reads streams side by side that one source feeds in turns', async () => {
  const [left, right] = [new PassThrough({ highWaterMark: 1 }), new PassThrough({ highWaterMark: 1 })];
  const encoded = encode([left, right]);
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => right.write('rr', resolve));
    await new Promise((resolve) => left.write('ll', resolve));
  }
  left.end();
  right.end();
  const { files } = await encoded;
  expect(await Promise.all(files.map((file) => readFile(file.path, 'utf8')))).toEqual(['llllll', 'rrrrrr']);
});

it('keeps a file as it was, whatever the next prediction writes to the same path', async () => {
  const source = path.join(root, 'made.png');
  for (const value of [outputFile(source), pathToFileURL(source)]) {
    await writeFile(source, 'abc');
    const { path: kept, ...file } = await onlyFile(value);
    await writeFile(source, 'another');
    expect(file).toMatchObject({ name: 'made.png', mediaType: 'image/png', temporary: true });
    expect([await readFile(kept, 'utf8'), await readFile(source, 'utf8')]).toEqual(['abc', 'another']);
  }
  const named = await onlyFile(outputFile(source, { name: 'other.gif', type: 'image/x' }));
  expect(named).toMatchObject({ name: 'other.gif', mediaType: 'image/x' });
});

it('keeps a file of the temporary directory, which is removed when the prediction ends', async () => {
  const source = path.join(tempDir, 'made.png');
  await writeFile(source, 'abc');
  const returned = await encode([outputFile(source), outputFile(source)]);
  await rm(tempDir, { recursive: true });
  for (const file of returned.files) {
    expect(file).toMatchObject({ name: 'made.png', temporary: true });
    expect(await readFile(file.path, 'utf8')).toBe('abc');
  }
});

it('gives an input file back as output', async () => {
  const source = path.join(tempDir, 'in.png');
  await writeFile(source, 'abc');
  const input = new PawlFile({ path: source, name: 'cat.png', type: 'image/png', size: 3 });
  expect(await onlyFile([input])).toMatchObject({
    name: 'cat.png',
    mediaType: 'image/png',
    temporary: true,
    text: 'abc',
  });
});

it('copies a yielded file, since the predictor may write the same file again', async () => {
  const source = path.join(tempDir, 'frame.png');
  await writeFile(source, 'one');
  const file = await onlyFile(outputFile(source), 'chunk');
  await writeFile(source, 'two');
  expect(await readFile(file.path, 'utf8')).toBe('one');
});

it('follows links into and out of the temporary directory', async () => {
  await writeFile(path.join(tempDir, 'real.txt'), 'in');
  await writeFile(path.join(root, 'real.txt'), 'out');
  await symlink(path.join(tempDir, 'real.txt'), path.join(root, 'to-in'));
  await symlink(path.join(root, 'real.txt'), path.join(tempDir, 'to-out'));
  expect(await onlyFile(outputFile(path.join(root, 'to-in')))).toMatchObject({ temporary: true, text: 'in' });
  const out = await onlyFile(outputFile(path.join(tempDir, 'to-out')));
  expect(out).toMatchObject({ name: 'to-out', text: 'out' });
  // A link shares the content: only what goes with the temporary directory may be kept by one.
  expect((await stat(out.path)).ino).not.toBe((await stat(path.join(root, 'real.txt'))).ino);
});

it.each([
  ['is missing', 'none.png', /^Output file at output\.image could not be read: .*none\.png does not exist; /],
  ['is a directory', 'temp', /output\.image could not be read: .*temp is a directory; /],
])('fails when a file %s', async (_name, file, message) => {
  const failed = encode({ image: outputFile(path.join(root, file)) });
  await expect(failed).rejects.toThrow(expect.objectContaining({ code: 'PAWL_OUTPUT_FILE_FAILED' }));
  await expect(failed).rejects.toThrow(message);
});

it('fails with the error of a stream and removes every file of that value', async () => {
  const failing = Readable.from(
    (function* () {
      yield Buffer.from('half');
      throw new Error('decoder lost sync');
    })(),
  );
  const failed = encode([Buffer.from('whole'), failing]);
  await expect(failed).rejects.toThrow(/output\[1\] could not be read: decoder lost sync/);
  expect(await readdir(outputDir)).toEqual([]);
});

it('closes the streams of a value that fails for another reason', async () => {
  const stream = new PassThrough();
  await expect(encode([stream, Number.NaN])).rejects.toThrow('non-finite');
  expect(stream.destroyed).toBe(true);
  const late = new PassThrough();
  await expect(encode([late, Promise.resolve(Number.NaN)])).rejects.toThrow('non-finite');
  expect(late.destroyed).toBe(true);
  expect(await readdir(outputDir)).toEqual([]);
});

it('stops reading when the prediction is canceled, also a source that never ends its cancel', async () => {
  const node = new PassThrough();
  const web = new ReadableStream({ cancel: () => new Promise(() => {}) });
  const failed = encode([node, web]);
  node.write('some');
  while ((await readdir(outputDir)).length < 2) await new Promise(setImmediate);
  controller.abort();
  await expect(failed).rejects.toThrow(expect.objectContaining({ name: 'CancelationError' }));
  expect(node.destroyed).toBe(true);
  expect(await readdir(outputDir)).toEqual([]);
});

it('does not begin when the prediction was canceled before', async () => {
  controller.abort();
  await expect(encode(Buffer.from('a'))).rejects.toThrow(
    expect.objectContaining({ name: 'CancelationError' }),
  );
  expect(await readdir(outputDir)).toEqual([]);
});

it('writes a file name that is no name as `output`', async () => {
  const { name, path: file } = await onlyFile(outputFile(Buffer.from('a'), { name: '..' }));
  expect(name).toBe('output');
  expect(existsSync(file)).toBe(true);
});
