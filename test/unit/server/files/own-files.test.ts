import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/base/json.ts';
import { silentLogger } from '../../../../src/base/log.ts';
import { FileStore } from '../../../../src/server/files/file-store.ts';
import { OwnFiles } from '../../../../src/server/files/own-files.ts';
import type { KeptFile } from '../../../../src/server/files/stored-file.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

let directory: string;
let store: FileStore;
let kept: KeptFile;
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  const bounds = { fileBytesMax: 1_000, bytesMax: 10_000, keepMs: 60_000 };
  store = new FileStore({
    clock: new ManualClock(),
    log: silentLogger,
    directory: () => directory,
    ...bounds,
  });
  const { file } = await store.receive({ name: 'a.png', mediaType: null, content: Readable.from(['x']) });
  kept = store.keep(file, {});
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const pointers = (input: Json) => new OwnFiles(store).hold(input).files.map(({ pointer }) => pointer);

describe('stored files in an input', () => {
  it.each([
    (id: string) => `http://127.0.0.1:5000/files/${id}`,
    (id: string) => `https://models.example/a/b/v1/files/${id}`,
    (id: string) => `http://h/files/${id}/content`,
    (id: string) => `HTTP://h/files/${id.toUpperCase()}?token=1#top`,
  ])('are recognised by their URLs', (url) => {
    expect(new OwnFiles(store).hold({ f: url(kept.id) }).files).toEqual([
      { pointer: '/f', path: kept.path, name: 'a.png', mediaType: 'image/png', from: 'url' },
    ]);
  });

  it.each([
    (id: string) => id,
    (id: string) => `http://h/files/${id}0`,
    (id: string) => `http://h/files/${id}/other`,
    (id: string) => `http://h/?/files/${id}`,
    (id: string) => `see http://h/files/${id}`,
    () => `http://h/files/${'0'.repeat(32)}`,
  ])('are no other texts', (text) => {
    expect(pointers({ f: text(kept.id) })).toEqual([]);
  });

  it('are found wherever they stand', () => {
    const url = `http://h/files/${kept.id}`;
    const input = JSON.parse(JSON.stringify({ list: ['x', url], 'a/b': { '~': url }, n: null, k: 1 }));
    expect(pointers(input).sort()).toEqual(['/a~1b/~0', '/list/1']);
  });

  it('are found in an input that nests deeper than a stack would bear', () => {
    let input: Json = `http://h/files/${kept.id}`;
    for (let depth = 0; depth < 20_000; depth++) input = [input];
    expect(pointers(input)).toEqual(['/0'.repeat(20_000)]);
  });

  it('are held until they are released', async () => {
    const held = new OwnFiles(store).hold({ f: `http://h/files/${kept.id}` });
    store.remove(kept.id);
    expect(store.hasFiles).toBe(true);
    held.release();
    held.release();
  });
});
