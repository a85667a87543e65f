// Events whose output lies on disk: whole, in order, as slowly as the reader likes, and let go of at the end.
import { linkSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import type { Output } from '../../../../src/protocol/slot-messages.ts';
import { REPLICATE_DIALECT } from '../../../../src/server/replicate/stream-dialect.ts';
import { Client, streamedPrediction } from './harness.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function spilled(value: unknown, index: number): Output {
  const file = path.join(directory, `${index}`);
  writeFileSync(file, JSON.stringify(value));
  const payload = { in: 'file', path: file, places: [] } as const;
  return { type: 'output', id: asPredictionId('p'), kind: 'chunk', index, payload, files: [] };
}

const inline = (value: string, index: number): Output => ({
  ...spilled(null, index),
  payload: { in: 'message', value },
});
// Several blocks, with characters that are cut by them and that some clients take for the end of a line.
const LARGE = `${'x'.repeat(196_607)}€\u2028\n${'é'.repeat(200_000)}`;

/** What it has on disk is let go of with the test. */
async function begin() {
  const streamed = await streamedPrediction();
  onTestFinished(() => streamed.service.close());
  return streamed;
}

async function ended(client: Client): Promise<void> {
  await expect.poll(() => client.hasEnded).toBe(true);
}

it('comes whole and in order, between events that are in memory', async () => {
  const { run, open } = await begin();
  const client = new Client(open());
  const outputs = [inline('a', 0), spilled(LARGE, 1), inline('b', 2), spilled([LARGE, 1], 3)];
  for (const output of outputs) run.observer.onOutput(output);
  run.succeedAsList();
  await ended(client);
  expect(client.types).toEqual(['start', 'output', 'output', 'output', 'output', 'completed']);
  expect(client.seen.slice(1, 5).map(({ data }) => data)).toEqual([
    { chunk: 'a', index: 0 },
    { chunk: LARGE, index: 1 },
    { chunk: 'b', index: 2 },
    { chunk: [LARGE, 1], index: 3 },
  ]);
  expect(client.seen.at(-1)?.data).toMatchObject({ output: ['a', LARGE, 'b', [LARGE, 1]] });
  expect(client.text).not.toContain('\u2028');
});

it('waits for a reader that asks for nothing, and sends no keep-alive into it', async () => {
  const { run, open, clock } = await begin();
  const reader = open();
  const pieces: string[] = [];
  reader.on('data', (piece: Buffer) => {
    pieces.push(piece.toString('latin1'));
    if (pieces.length === 4) reader.pause();
  });
  run.observer.onOutput(spilled(LARGE, 0));
  run.succeedAsList();
  await expect.poll(() => reader.isPaused()).toBe(true);
  for (let i = 0; i < 5; i++) clock.advance(60_000);
  reader.resume();
  await expect.poll(() => reader.readableEnded).toBe(true);
  expect(pieces.join('')).not.toContain('keep-alive');
  expect(pieces.join('').match(/^event: (?:output|completed)$/gm)).toHaveLength(2);
});

it('is plain text for a client of Replicate, line by line, and JSON where it is none', async () => {
  const { run, streams, prediction } = await begin();
  const reader = streams.open(prediction, null, REPLICATE_DIALECT);
  const seen: [string | undefined, string][] = [];
  const parser = createParser({ onEvent: ({ event, data }) => void seen.push([event, data]) });
  const text = new StringDecoder();
  reader?.on('data', (piece: Buffer) => parser.feed(text.write(piece)));
  for (const output of [spilled(LARGE, 0), spilled([LARGE], 1)]) run.observer.onOutput(output);
  run.succeedAsList();
  await expect.poll(() => reader?.readableEnded).toBe(true);
  expect(seen).toEqual([
    ['output', LARGE],
    ['output', JSON.stringify([LARGE])],
    ['done', '{}'],
  ]);
});

it('breaks the stream of whoever reads when the disk fails', async () => {
  const { run, open, prediction } = await begin();
  const reader = open();
  const failed = new Promise((resolve) => reader.once('error', resolve));
  const output = spilled(LARGE, 0);
  const file = path.join(directory, '0');
  // A second name, so that the test can reach it.
  linkSync(file, `${file}-too`);
  run.observer.onOutput(output);
  await expect.poll(() => prediction.output).toBeDefined();
  truncateSync(`${file}-too`, 10);
  reader.resume();
  expect(await failed).toMatchObject({ message: expect.stringContaining('its file was cut') });
  run.succeedAsList();
});
