import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeBreaks, framed, lineFilter, textLines } from '../../../../src/server/payload/part-filters.ts';

// Many of what is cut in two by blocks: characters of two to four bytes, escapes, pairs, CR LF.
const awkward = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\r',
        '\n',
        '\\',
        '"',
        '\\n',
        '\u0085',
        '\u2028',
        '\u2029',
        'é',
        '€',
        '🌍',
        '\ud83c',
        '\u0000',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

async function through(
  filter: (blocks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>,
  text: string,
  sizes: readonly number[],
): Promise<string> {
  async function* blocks() {
    const bytes = Buffer.from(text);
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      yield Buffer.from(bytes.subarray(at, at + size));
      at += size;
    }
  }
  const filtered: Buffer[] = [];
  for await (const block of filter(blocks())) filtered.push(block);
  return Buffer.concat(filtered).toString();
}

describe('lineFilter', () => {
  it('makes one line of JSON text, however it is cut', async () => {
    const json = fc.tuple(fc.jsonValue({ maxDepth: 3 }), awkward);
    await fc.assert(
      fc.asyncProperty(json, cuts, fc.constantFrom('', '\t', '\n', '\r\n '), async (value, sizes, space) => {
        const text = JSON.stringify(value, null, space);
        const line = await through(lineFilter, text, sizes);
        expect(line).not.toMatch(/[\n\r\u0080-\u009f\u2028\u2029]/);
        expect(line).toBe(escapeBreaks(text.replaceAll(/[\r\n]/g, ' ')));
        expect(JSON.parse(line)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('textLines', () => {
  it('reads the inside of a JSON string as an event stream has it, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(awkward, cuts, async (text, sizes) => {
        const inside = JSON.stringify(text).slice(1, -1);
        expect(await through(textLines, inside, sizes)).toBe(Buffer.from(framed(text)).toString());
      }),
    );
  });

  it('joins a pair that JSON has as two escapes', async () => {
    expect(await through(textLines, 'a\\ud83c\\udf0db\\r\\nc', [1])).toBe('a🌍b\ndata: c');
  });
});
