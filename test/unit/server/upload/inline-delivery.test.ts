import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/base/json.ts';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import type { Output, OutputFile } from '../../../../src/protocol/slot-messages.ts';
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
function deliver(output: Output, signal: AbortSignal): Promise<Json> {
  const taken = inlineDelivery(path.join(directory, 'taken'))
    .begin({ id: output.id, trace: {} }, signal)
    .take(output);
  for (const { path: file, temporary } of output.files) expect(existsSync(file) && temporary).toBe(false);
  return taken.deliver();
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
    const value = await deliver({ ...output(null, []), payload: { in: 'file', path: spilled } }, never);
    expect(value).toEqual({ a: [1] });
    expect(existsSync(spilled)).toBe(false);
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
