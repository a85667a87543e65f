import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/base/json.ts';
import { decodeSlotEvent } from '../../../../src/protocol/decode.ts';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import type { Output, OutputFile } from '../../../../src/protocol/slot-messages.ts';
import { composeJson } from '../../../../src/server/payload/compose.ts';
import { packOutput } from '../../../../src/worker/model/output/emit.ts';
import { inlineDelivery } from '../../../helpers/no-files.ts';

const never = new AbortController().signal;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, content: string | Buffer, more: Partial<OutputFile> = {}): OutputFile {
  const at = path.join(directory, name);
  writeFileSync(at, content);
  return { pointer: '', path: at, mediaType: null, name, temporary: true, ...more };
}

function output(value: Json, files: OutputFile[]): Output {
  const id = asPredictionId('p');
  return { type: 'output', id, kind: 'value', index: 0, payload: { in: 'message', value }, files };
}

/** As the assembly does: taken first, which must keep it safe from whoever made it, then delivered. */
async function deliver(output: Output, signal: AbortSignal): Promise<Json> {
  const taken = inlineDelivery(path.join(directory, 'taken'))
    .begin({ id: output.id, trace: {} }, signal)
    .take(output);
  for (const { path: file, temporary } of output.files) expect(existsSync(file) && temporary).toBe(false);
  const { value, stored } = await taken.deliver();
  const body = composeJson(value);
  for (const one of stored) one.release();
  if (typeof body === 'string') return JSON.parse(body);
  const text = await readText(body.stream());
  expect(Buffer.byteLength(text)).toBe(body.bytes);
  return JSON.parse(text);
}

describe('InlineDelivery', () => {
  it('puts data URLs where the pointers say, and removes what is temporary', async () => {
    const kept = file('b.bin', 'b', { pointer: '/a~1b/1', temporary: false, mediaType: 'text/x-b' });
    const temporary = file('a.png', 'a', { pointer: '/image' });
    const value = await deliver(output({ image: null, 'a/b': [0, null] }, [temporary, kept]), never);
    expect(value).toEqual({ image: 'data:image/png;base64,YQ==', 'a/b': [0, 'data:text/x-b;base64,Yg=='] });
    expect([existsSync(temporary.path), existsSync(kept.path)]).toEqual([false, true]);
  });

  it('replaces the value itself for an empty pointer, and falls back to octet-stream', async () => {
    const value = await deliver(output(null, [file('noext', 'x')]), never);
    expect(value).toBe('data:application/octet-stream;base64,eA==');
  });

  it.each([0, 1, 3 * 128 * 1024 - 1, 3 * 128 * 1024, 1_000_000])(
    'encodes %i bytes exactly',
    async (bytes) => {
      const content = Buffer.alloc(bytes, 'abcdefg');
      const value = await deliver(output(null, [file('f.bin', content)]), never);
      expect(value).toBe(`data:application/octet-stream;base64,${content.toString('base64')}`);
    },
  );

  it('reads a spilled payload back and removes its file', async () => {
    const spilled = file('spill.json', '{"a":[1]}').path;
    const value = await deliver(
      { ...output(null, []), payload: { in: 'file', path: spilled, places: [] } },
      never,
    );
    expect(value).toEqual({ a: [1] });
    expect(existsSync(spilled)).toBe(false);
  });

  it('puts large and small files into a spilled value, where its worker says that they go', async () => {
    const long = `é"\\${'x'.repeat(2_000_000)}`;
    const content = Buffer.alloc(900_000, 'abc');
    const files = [
      file('large.bin', content, { pointer: '/é~1/1' }),
      file('small.bin', 'b', { pointer: '/__proto__' }),
    ];
    const value = JSON.parse(`{"é/": [${JSON.stringify(long)}, null, null], "__proto__": null, "end": null}`);
    const line = await packOutput(
      { value, files },
      { id: asPredictionId('p'), kind: 'value', index: 0, outputDir: () => directory },
    );
    const event = decodeSlotEvent(line);
    if (event.type !== 'output' || event.payload.in !== 'file') throw new Error('not spilled');
    const url = (bytes: Buffer) => `data:application/octet-stream;base64,${bytes.toString('base64')}`;
    expect(await deliver(event, never)).toEqual(
      JSON.parse(
        `{"é/": [${JSON.stringify(long)}, "${url(content)}", null], "__proto__": "${url(Buffer.from('b'))}", "end": null}`,
      ),
    );
    expect(readdirSync(path.join(directory, 'taken'))).toEqual([]);
  });

  it.each([[[]], [[0]], [[9]], [[8, 8]]])('fails where a worker names the places %j', async (places) => {
    const spilled = file('spill.json', '{"a":[1]}').path;
    const payload = { in: 'file', path: spilled, places } as const;
    const files = [file('f.bin', 'f', { pointer: '/a' })];
    await expect(deliver({ ...output(null, files), payload }, never)).rejects.toMatchObject({
      code: 'PAWL_OUTPUT_FILE_FAILED',
    });
  });

  it.each(['missing.png', '.'])(
    'fails naming the file when it is %s, and still removes the others',
    async (name) => {
      const bad = {
        pointer: '/1',
        path: path.join(directory, name),
        mediaType: null,
        name: 'shown.png',
        temporary: false,
      };
      const good = file('good.png', 'x', { pointer: '/0' });
      await expect(deliver(output([null, null], [bad, good]), never)).rejects.toMatchObject({
        code: 'PAWL_OUTPUT_FILE_FAILED',
        message: expect.stringContaining('shown.png'),
      });
      expect(existsSync(good.path)).toBe(false);
    },
  );

  it('stops when it is aborted, and removes what is temporary', async () => {
    const stopped = AbortSignal.abort();
    const some = file('a.png', 'a');
    await expect(deliver(output(null, [some]), stopped)).rejects.toMatchObject({
      code: 'PAWL_OUTPUT_FILE_FAILED',
    });
    expect(existsSync(some.path)).toBe(false);
  });
});
