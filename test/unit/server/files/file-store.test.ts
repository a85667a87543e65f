import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { LIMITS } from '../../../../src/limits.ts';
import { FileStore, type FileStoreParts } from '../../../../src/server/files/file-store.ts';
import type { KeptFile } from '../../../../src/server/files/stored-file.ts';
import { eventually } from '../../../helpers/eventually.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

let directory: string;
let clock: ManualClock;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  clock = new ManualClock();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function storeWith(more: Partial<FileStoreParts> = {}): FileStore {
  const bounds = { fileBytesMax: 1_000, bytesMax: 10_000, keepMs: 60_000 };
  return new FileStore({ clock, log: silentLogger, directory: () => directory, ...bounds, ...more });
}

function receive(
  store: FileStore,
  text: string,
  name: string | null = 'a.txt',
  mediaType: string | null = null,
) {
  return store.receive({ name, mediaType, content: Readable.from([Buffer.from(text)]) });
}

async function upload(store: FileStore, text: string): Promise<KeptFile> {
  const lease = await receive(store, text);
  const kept = store.keep(lease.file, {});
  lease.release();
  return kept;
}

const gone = (file: string) =>
  eventually(`${file} is removed`, () => (existsSync(file) ? null : (true as const)));

describe('what is received', () => {
  it('lies on disk with its size and checksum, readable by this user only', async () => {
    const { file } = await receive(storeWith(), 'hello');
    expect(readFileSync(file.path, 'utf8')).toBe('hello');
    expect(file).toMatchObject({
      name: 'a.txt',
      mediaType: 'text/plain',
      size: 5,
      sha256: createHash('sha256').update('hello').digest('hex'),
      createdAt: clock.now(),
    });
  });

  it.each([
    ['../../etc/passwd', null, 'passwd', 'application/octet-stream'],
    ['cat.png', 'application/octet-stream', 'cat.png', 'image/png'],
    ['cat.png', 'Image/JPEG; q=1', 'cat.png', 'image/jpeg'],
    [null, null, 'file', 'application/octet-stream'],
    ['..', 'nonsense', 'file', 'application/octet-stream'],
  ])('called %s of type %s is named %s and has type %s', async (name, given, shown, mediaType) => {
    const { file } = await receive(storeWith(), 'x', name, given);
    expect(file).toMatchObject({ name: shown, mediaType });
    expect(path.dirname(file.path)).toBe(directory);
  });

  it('is refused above the limit of one file, and nothing of it is left', async () => {
    const store = storeWith({ fileBytesMax: 4 });
    await expect(receive(store, 'hello')).rejects.toMatchObject({
      code: 'PAWL_BODY_TOO_LARGE',
      message: 'The file "a.txt" is larger than 4 bytes; send a smaller one, or raise --max-input-bytes.',
    });
    expect(readdirSync(directory)).toEqual([]);
    expect(await receive(store, 'four')).toMatchObject({ file: { size: 4 } });
  });

  it('is removed when its source breaks off, and the reason comes through', async () => {
    const content = new PassThrough();
    const received = storeWith().receive({ name: null, mediaType: null, content });
    content.write('half');
    content.destroy(new Error('the client is gone'));
    await expect(received).rejects.toThrow('the client is gone');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('does not survive its request unless somebody took it', async () => {
    const store = storeWith();
    const lease = await receive(store, 'x');
    expect(store.find(lease.file.id)).toBeNull();
    lease.release();
    await gone(lease.file.path);
    expect(store.hasFiles).toBe(false);
  });
});

describe('a file of a request', () => {
  it('goes to one prediction only, and stays until that has ended', async () => {
    const store = storeWith();
    const request = await receive(store, 'x');
    const claim = store.claim(request.file.id);
    expect(claim).toMatchObject({ isExclusive: true });
    expect(store.claim(request.file.id)).toBeNull();
    request.release();
    expect(existsSync(request.file.path)).toBe(true);
    claim?.release();
    claim?.release();
    await gone(request.file.path);
  });
});

describe('a kept file', () => {
  it('is found and can be read by many until it expires', async () => {
    const store = storeWith();
    const { id, expiresAt } = await upload(store, 'x');
    expect(expiresAt).toBe(clock.now() + 60_000);
    clock.advance(59_999);
    expect(store.claim(id)).toMatchObject({ isExclusive: false });
    expect(store.claim(id)).toMatchObject({ isExclusive: false });
    clock.advance(1);
    expect([store.find(id), store.claim(id)]).toEqual([null, null]);
  });

  it('expires by itself, each at its own time', async () => {
    const store = storeWith();
    const first = await upload(store, 'x');
    clock.advance(30_000);
    const second = await upload(store, 'y');
    clock.advance(30_000);
    await gone(first.path);
    expect(store.find(second.id)).not.toBeNull();
    clock.advance(30_000);
    await gone(second.path);
    expect(clock.pending).toBe(0);
  });

  it('that is deleted while it is read stays on disk until the reader is done', async () => {
    const store = storeWith();
    const { id, path: file } = await upload(store, 'x');
    const reader = store.claim(id);
    expect([store.remove(id), store.remove(id)]).toEqual([true, false]);
    expect(existsSync(file)).toBe(true);
    reader?.release();
    await gone(file);
  });
});

describe('a full store', () => {
  it('makes room by removing the oldest files that nobody reads', async () => {
    const store = storeWith({ bytesMax: 30, keepMs: 600_000 });
    const [read, old, newer] = [
      await upload(store, '0123456789'),
      await upload(store, '0123456789'),
      await upload(store, '0123456789'),
    ];
    store.claim(read.id);
    clock.advance(LIMITS.storedFileFreshMs.value);
    await upload(store, 'abc');
    expect([read, old, newer].map(({ id }) => store.find(id) !== null)).toEqual([true, false, true]);
  });

  it('refuses where every file is new or in use, and takes files again once one is free', async () => {
    const store = storeWith({ bytesMax: 10 });
    const { id } = await upload(store, '0123456789');
    await expect(receive(store, 'x')).rejects.toMatchObject({ code: 'PAWL_STORAGE_FULL' });
    store.remove(id);
    expect(await receive(store, 'x')).toMatchObject({ file: { size: 1 } });
  });

  it('gives back what a refused file had taken', async () => {
    const store = storeWith({ bytesMax: 10 });
    await expect(receive(store, '0123456789x')).rejects.toMatchObject({ code: 'PAWL_STORAGE_FULL' });
    expect(await receive(store, '0123456789')).toMatchObject({ file: { size: 10 } });
  });
});

describe('a closed store', () => {
  it('ends what is being received, and takes nothing', async () => {
    const store = storeWith();
    const content = new PassThrough();
    const received = store.receive({ name: null, mediaType: null, content });
    const closed = store.close();
    await expect(received).rejects.toMatchObject({ code: 'PAWL_SHUTTING_DOWN' });
    await closed;
    await expect(receive(store, 'x')).rejects.toMatchObject({ code: 'PAWL_SHUTTING_DOWN' });
    expect(readdirSync(directory)).toEqual([]);
  });
});
