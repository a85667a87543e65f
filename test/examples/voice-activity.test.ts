// Listens to the announcement that the example ships. Where its two sentences begin and end is known exactly: it was
// put together from them. The bounds below are that truth, not what the model answered.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FileServer, serveFiles } from '../helpers/file-server.ts';
import { dataUrl, predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const TRUTH = [
  { start: 0.6, end: 2.903 },
  { start: 3.903, end: 5.325 },
];
const TOLERANCE_S = 0.2;

interface Heard {
  readonly duration: number;
  readonly segments: readonly { start: number; end: number }[];
  readonly curve: readonly number[] | null;
}

describe('examples/voice-activity', () => {
  let server: RunningServer;
  let files: FileServer;
  let recording: Buffer;
  beforeAll(async () => {
    recording = await readFile(new URL('../../examples/voice-activity/announcement.wav', import.meta.url));
    files = await serveFiles({ '/announcement.wav': { type: 'audio/wav', body: recording } });
    server = await startServer('examples/voice-activity/predict.ts');
  });
  afterAll(async () => {
    await files?.close();
    await server?.stop();
  });

  it('finds both sentences of a recording that it fetches', async () => {
    const { status, body } = await predict(server.url, { audio: `${files.url}/announcement.wav` });
    expect(status).toBe(200);
    expect(body.status).toBe('succeeded');
    const { duration, segments, curve } = body.output as Heard;
    expect(duration).toBeCloseTo(5.925, 3);
    expect(segments).toHaveLength(TRUTH.length);
    for (const [index, truth] of TRUTH.entries()) {
      expect(Math.abs((segments[index]?.start ?? Infinity) - truth.start)).toBeLessThan(TOLERANCE_S);
      expect(Math.abs((segments[index]?.end ?? Infinity) - truth.end)).toBeLessThan(TOLERANCE_S);
    }
    expect(curve).toBeNull();
    expect(body.logs).toMatch(/^announcement\.wav: 5\.9\d s$/m);
    expect(body.logs?.match(/^speech from /gm)).toHaveLength(2);
  });

  it('gives the curve on request, one probability for each 32 ms', async () => {
    const { body } = await predict(server.url, { audio: dataUrl('audio/wav', recording), curve: true });
    const { curve } = body.output as Heard;
    expect(curve).toHaveLength(Math.ceil(5.925 / 0.032));
    expect(curve?.at(Math.floor(3.4 / 0.032))).toBeLessThan(0.1); // the pause
    expect(curve?.at(Math.floor(4.5 / 0.032))).toBeGreaterThan(0.9); // the second sentence
  });

  it('hears nothing in silence', async () => {
    const silence = Buffer.concat([recording.subarray(0, 44), Buffer.alloc(2 * 16_000)]);
    const { body } = await predict(server.url, { audio: dataUrl('audio/wav', silence) });
    expect(body.output).toMatchObject({ duration: 1, segments: [] });
  });

  it.each([
    ['not a WAV', (wav: Buffer) => Buffer.from(wav.toString('base64')), 'not a WAV recording'],
    ['cut before its sound', (wav: Buffer) => wav.subarray(0, 30), 'the WAV recording is cut'],
    ['at another sample rate', (wav: Buffer) => patch(wav, 24, 44_100), 'ffmpeg -i'],
  ])('fails with a sentence a user can act on when the file is %s', async (_, damage, sentence) => {
    const { body } = await predict(server.url, { audio: dataUrl('audio/wav', damage(recording)) });
    expect(body.status).toBe('failed');
    expect(body.error).toContain(sentence);
  });
});

function patch(wav: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(wav);
  copy.writeUInt32LE(value, at);
  return copy;
}
