import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Json } from '../../../../../src/base/json.ts';
import { limit } from '../../../../../src/limits.ts';
import { decodeSlotEvent } from '../../../../../src/protocol/decode.ts';
import { asPredictionId } from '../../../../../src/protocol/ids.ts';
import type { InputIssue, OutputFile } from '../../../../../src/protocol/slot-messages.ts';
import { checkOutput, packOutput } from '../../../../../src/worker/model/output/emit.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'pawl-emit-'));
});
afterEach(() => rm(directory, { recursive: true }));

const place = (index = 0) => ({
  id: asPredictionId('p"1'),
  kind: 'chunk' as const,
  index,
  outputDir: () => directory,
});
const file = (pointer: string): OutputFile => ({
  pointer,
  path: '/f',
  mediaType: null,
  name: 'f',
  temporary: false,
});

it('writes a small value into the line, at once', async () => {
  const line = packOutput({ value: { a: 'x\ny' }, files: [file('/b')] }, place(3));
  expect(line).toBeTypeOf('string');
  expect(await line).toMatch(/^[^\n]*\n$/);
  expect(decodeSlotEvent(await line)).toEqual({
    type: 'output',
    id: 'p"1',
    kind: 'chunk',
    index: 3,
    payload: { in: 'message', value: { a: 'x\ny' } },
    files: [file('/b')],
  });
  expect(await readdir(directory)).toEqual([]);
});

it('writes a value above the inline limit to a file', async () => {
  const value = 'é'.repeat(limit('inlineBytesMax') / 2);
  const event = decodeSlotEvent(await packOutput({ value, files: [] }, place()));
  if (event.type !== 'output' || event.payload.in !== 'file') throw new Error('not spilled');
  expect(path.dirname(event.payload.path)).toBe(directory);
  expect(JSON.parse(await readFile(event.payload.path, 'utf8'))).toBe(value);
});

it.each([
  ['cannot be written to', () => path.join(directory, 'gone')],
  [
    'cannot be made',
    () => {
      throw new Error('ENOSPC: no space left on device, mkdir');
    },
  ],
])('says where a large value was to go when its directory %s', async (_how, outputDir) => {
  const kept = path.join(directory, 'kept');
  await writeFile(kept, '');
  const value = 'x'.repeat(3 * 1024 * 1024);
  const files = [{ ...file('/b'), path: kept, temporary: true }];
  await expect(async () =>
    packOutput({ value: { value, b: null }, files }, { ...place(), outputDir }),
  ).rejects.toThrow(
    expect.objectContaining({
      code: 'PAWL_WORK_DIR',
      message: expect.stringMatching(
        /^an output of \d{7} bytes could not be written to the work directory \((ENOENT|ENOSPC): .*\): free space, /,
      ),
    }),
  );
  expect(existsSync(kept)).toBe(false);
});

it('refuses more files than a line can name', () => {
  const files = Array.from({ length: 80_000 }, (_, index) => file(`/${index}/${'x'.repeat(50)}`));
  const pack = () => packOutput({ value: null, files }, place());
  expect(pack).toThrow(/^Output contains 80000 files, too many for one value: /);
});

const schema = (check: (value: Json) => readonly InputIssue[]) => ({ json: {}, check, items: null });

it('accepts what the schema accepts', () => {
  const check = vi.fn(() => []);
  checkOutput({ value: { a: 1 }, files: [] }, schema(check), 'output');
  expect(check).toHaveBeenCalledWith({ a: 1 });
});

it('names the field that does not fit the declared schema', () => {
  const issues: InputIssue[] = [
    { path: ['boxes', 2, 'x'], message: 'must be a number' },
    { path: [], message: 'other' },
  ];
  const check = () =>
    checkOutput(
      { value: null, files: [] },
      schema(() => issues),
      'output[1]',
    );
  expect(check).toThrow(expect.objectContaining({ code: 'PAWL_OUTPUT_INVALID' }));
  expect(check).toThrow(
    'Output does not fit the declared schema at output[1].boxes[2].x: must be a number (and 1 more)',
  );
});

it('shows the schema a text in the place of each file, and takes no objection to the file itself', () => {
  const check = vi.fn((): InputIssue[] => [{ path: ['a/b', 0], message: 'must be a file' }]);
  const encoded = { value: { 'a/b': [null, null], n: null }, files: [file('/a~1b/0')] };
  checkOutput(encoded, schema(check), 'output');
  expect(check).toHaveBeenCalledWith({ 'a/b': ['data:,', null], n: null });
});

it('removes the temporary files of a refused output, and no others', async () => {
  const [made, kept] = [path.join(directory, 'made'), path.join(directory, 'kept')];
  await Promise.all([writeFile(made, ''), writeFile(kept, '')]);
  const files = [
    { ...file('/0'), path: made, temporary: true },
    { ...file('/1'), path: kept },
  ];
  const issue: InputIssue = { path: [], message: 'must be a text' };
  expect(() =>
    checkOutput(
      { value: [null, null], files },
      schema(() => [issue]),
      'output',
    ),
  ).toThrow('a text');
  expect([existsSync(made), existsSync(kept)]).toEqual([false, true]);
});
