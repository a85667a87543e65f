import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compose, composeJson, plainText } from '../../../../src/server/payload/compose.ts';
import type { ComposedBody } from '../../../../src/server/payload/composed-body.ts';
import { SharedFile } from '../../../../src/server/payload/shared-file.ts';
import { type Piece, StoredValue } from '../../../../src/server/payload/stored-value.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function stored(content: string | Buffer): Promise<SharedFile> {
  const file = path.join(directory, 'stored');
  writeFileSync(file, content);
  return SharedFile.adopt(await open(file), file, true);
}

async function storedJson(text: string, kind: 'json' | 'text' = 'json'): Promise<StoredValue> {
  const file = await stored(text);
  return new StoredValue(kind, [{ file, from: 0, to: Buffer.byteLength(text), as: 'json' }]);
}

function asBody(composed: string | ComposedBody): ComposedBody {
  if (typeof composed === 'string') throw new Error('nothing stored was in it');
  return composed;
}

async function sent(composed: string | ComposedBody): Promise<string> {
  const body = asBody(composed);
  const bytes = await buffer(body.stream());
  expect(bytes.length).toBe(body.bytes);
  return bytes.toString();
}

describe('compose', () => {
  it('gives text where nothing is stored', () => {
    expect(composeJson({ a: [1, 'é'] })).toBe('{"a":[1,"é"]}');
  });

  it('puts stored values where they stand, at any depth, and counts every byte', async () => {
    const numbers = await storedJson('[1,2,3]');
    const text = await storedJson('gr\\u00fc\\u00dfe €', 'text');
    const file = await stored(Buffer.from('four'));
    const url = new StoredValue('text', ['data:a;base64,', { file, from: 0, to: 4, as: 'base64' }]);
    const whole = { é: numbers, list: [text, { deep: [numbers] }], url, after: 'x' };
    expect(JSON.parse(await sent(composeJson(whole)))).toEqual({
      é: [1, 2, 3],
      list: ['grüße €', { deep: [[1, 2, 3]] }],
      url: 'data:a;base64,Zm91cg==',
      after: 'x',
    });
    for (const value of [numbers, text, url]) value.release();
  });

  it('reads more than a block, with pieces of text in between', async () => {
    const size = 3 * 64 * 1024 * 2 + 7;
    const file = await stored(Buffer.alloc(size, 'abc'));
    const part = (from: number, to: number): Piece => ({ file, from, to, as: 'base64' });
    const value = new StoredValue('text', [part(0, size), ' and ', part(1, 3)]);
    const expected = `${Buffer.alloc(size, 'abc').toString('base64')} and ${Buffer.from('bc').toString('base64')}`;
    expect(JSON.parse(await sent(composeJson({ value })))).toEqual({ value: expected });
    value.release();
  });

  it('can be sent again and at the same time', async () => {
    const value = await storedJson('[true]');
    const bodies = [composeJson([value]), composeJson([value, value])];
    value.release();
    expect(await Promise.all(bodies.map(sent))).toEqual(['[[true]]', '[[true],[true]]']);
  });

  it('shows a text as its lines inside an event, and anything else as JSON', async () => {
    const text = await storedJson('a\\nb\\"c', 'text');
    const json = await storedJson('{"a":"\\n"}');
    const body = asBody(compose(() => `data: ${plainText(text)}\ndata: ${plainText(json)}\n\n`));
    expect((await buffer(body.stream())).toString()).toBe('data: a\ndata: b"c\ndata: {"a":"\\n"}\n\n');
    for (const value of [text, json]) value.release();
  });

  it('keeps its files until the last body is sent or dropped, and never shows them again', async () => {
    const value = await storedJson('[true]');
    const dropped = asBody(composeJson([value]));
    const left = asBody(composeJson([value])).stream();
    value.release();
    dropped.release();
    dropped.release();
    expect((await buffer(asBody(composeJson([value])).stream())).toString()).toBe('[[true]]');
    left.destroy();
    await new Promise((resolve) => left.once('close', resolve));
    expect(() => composeJson([value])).toThrow('a stored value that was let go of');
  });

  it('fails in the middle where a file was cut', async () => {
    const file = await stored('12');
    const value = new StoredValue('json', [{ file, from: 0, to: 3, as: 'json' }]);
    await expect(buffer(asBody(composeJson([value])).stream())).rejects.toThrow('its file was cut');
    value.release();
  });

  it('leaves nobody else to write a stored value', async () => {
    const value = await storedJson('1');
    expect(() => JSON.stringify({ value })).toThrow('does not know of it');
    value.release();
  });
});
