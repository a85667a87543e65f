import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compose, composeJson } from '../../../../src/server/payload/compose.ts';
import { escapeBreaks } from '../../../../src/server/payload/part-filters.ts';
import { LogBuffer } from '../../../../src/server/prediction/log-buffer.ts';

const LONG = 70_000;

/** The value of `logs` in an answer, which is whole JSON. */
async function shownIn(log: LogBuffer): Promise<string> {
  const body = composeJson({ logs: log.shown });
  if (typeof body === 'string') return JSON.parse(body).logs;
  const bytes = await buffer(body.stream());
  expect(bytes.length).toBe(body.bytes);
  return JSON.parse(bytes.toString()).logs;
}

it('shows a long log as it shows a short one', async () => {
  const piece = fc
    .tuple(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\n', '\ud83c', '\udf0d', '\u001b[32m', '"\\', 'é\u2028'),
      ),
      fc.constantFrom(1, 1, LONG),
    )
    .map(([text, times]) => text.repeat(Math.min(times, Math.ceil(LONG / Math.max(1, text.length)))));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 5 }), async (pieces) => {
      const log = new LogBuffer();
      for (const one of pieces) log.append(one);
      expect(await shownIn(log)).toBe(pieces.join(''));
      expect(log.text).toBe(pieces.join(''));
    }),
    { numRuns: 10 },
  );
});

it('shows it again with what has come since', async () => {
  const log = new LogBuffer();
  let text = '';
  for (let i = 0; i < 5; i++) {
    const more = `${'x'.repeat(LONG)} ${i}\n`;
    log.append(more);
    text += more;
    log.append('a few words');
    text += 'a few words';
    expect(await shownIn(log)).toBe(text);
  }
});

it.each([
  ['in the middle of a line', 'x', '\n'],
  ['behind one', '\n', ''],
])('says what is missing at its end, also %s', async (_where, last, gap) => {
  const long = 'x'.repeat(LONG) + last;
  const log = new LogBuffer(LONG + 1);
  log.append(long);
  log.append('éé');
  expect(await shownIn(log)).toBe(`${long}${gap}[**** LOG TRUNCATED, 4 BYTES DROPPED ****]\n`);
});

it('holds what takes much more room as JSON as it is', () => {
  const log = new LogBuffer();
  log.append('\u0000'.repeat(LONG));
  log.append('y'.repeat(LONG));
  const { shown } = log;
  const pieces = typeof shown === 'string' ? [] : shown.pieces;
  expect(pieces.map((piece) => typeof piece)).toEqual(['string', 'object', 'string']);
});

it('is one line of an event stream, whatever line breaks it holds', async () => {
  const text = `a\n\u2028\u0085é\r${'x'.repeat(LONG)}`;
  const log = new LogBuffer();
  log.append(text);
  const wire = { bytes: (own: string) => Buffer.from(escapeBreaks(own)), files: 'line' } as const;
  const body = compose(() => JSON.stringify({ logs: log.shown }), wire);
  if (typeof body === 'string') throw new Error('a long log is no text');
  // For an event stream it is one piece.
  const line = body.inMemory?.toString() ?? '';
  expect(line).toBe((await buffer(body.stream())).toString());
  expect(line.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(1);
  expect(JSON.parse(line).logs).toBe(text);
});
