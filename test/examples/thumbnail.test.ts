// Takes pictures out of the example's video with the real ffmpeg, and looks at them with ffprobe.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type FileServer, serveFiles } from '../helpers/file-server.ts';
import { bytesOf, dataUrl, getPrediction, type PredictionBody, predict } from '../helpers/predictions.ts';
import { childrenOf, isAlive } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const REFERENCE = 'examples/thumbnail/predict.ts';
let scratch: string;
let video: Buffer;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pawl-thumbnail-'));
  video = await readFile(new URL('../../examples/thumbnail/clip.mp4', import.meta.url));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('examples/thumbnail', () => {
  let server: RunningServer;
  let files: FileServer;
  beforeAll(async () => {
    files = await serveFiles({ '/clip.mp4': { type: 'video/mp4', body: video } });
    server = await startServer(REFERENCE);
  });
  afterAll(async () => {
    await files?.close();
    await server?.stop();
  });

  it('answers a JPEG of the asked width, of a video that it fetches', async () => {
    const { status, body } = await predict(server.url, {
      video: `${files.url}/clip.mp4`,
      at: 2.5,
      width: 200,
    });
    expect(status).toBe(200);
    expect(body.status).toBe('succeeded');
    expect(String(body.output)).toMatch(/^data:image\/jpeg;base64,/);
    expect(await probe(bytesOf(body.output))).toEqual({ codec: 'mjpeg', width: 200, height: 112 });
  });

  it('answers a PNG when asked to, of a video in a data URL', async () => {
    const input = { video: dataUrl('video/mp4', video), width: 64, format: 'png' };
    const { body } = await predict(server.url, input);
    expect(String(body.output)).toMatch(/^data:image\/png;base64,/);
    expect(await probe(bytesOf(body.output))).toEqual({ codec: 'png', width: 64, height: 36 });
  });

  it('shows another moment when asked for another moment', async () => {
    const at = async (seconds: number) => {
      const { body } = await predict(server.url, {
        video: `${files.url}/clip.mp4`,
        at: seconds,
        format: 'png',
      });
      return bytesOf(body.output);
    };
    expect((await at(0.5)).equals(await at(3))).toBe(false);
  });

  it('puts the progress of ffmpeg into the log of the prediction', async () => {
    const { body } = await predict(server.url, { video: `${files.url}/clip.mp4` });
    expect(body.logs).toMatch(/Video: h264/);
    expect(body.logs).toMatch(/^frame=1$/m);
    expect(body.logs).toMatch(/^progress=end$/m);
  });

  it.each([
    [
      'the moment is past the end',
      () => ({ video: dataUrl('video/mp4', video), at: 99 }),
      'no picture at 99 s',
    ],
    [
      'the file is no video',
      () => ({ video: dataUrl('video/mp4', Buffer.from('text')) }),
      'ffmpeg ended with exit code',
    ],
  ])('fails with a clear sentence when %s', async (_, input, sentence) => {
    const { body } = await predict(server.url, input());
    expect(body.status).toBe('failed');
    expect(body.error).toContain(sentence);
  });
});

describe('examples/thumbnail where ffmpeg is not as it should be', () => {
  let server: RunningServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  it('names ffmpeg and how to install it when it is missing', async () => {
    server = await startServer(REFERENCE, { env: { PATH: scratch } });
    const { body } = await predict(server.url, { video: dataUrl('video/mp4', video) });
    expect(body.status).toBe('failed');
    expect(body.error).toContain('ffmpeg is not installed');
    expect(body.error).toContain('apt install ffmpeg');
  });

  it('ends ffmpeg itself when the prediction is canceled', async () => {
    await writeFile(
      join(scratch, 'ffmpeg'),
      '#!/bin/sh\necho "ffmpeg has process id $$" >&2\nexec sleep 600\n',
    );
    await chmod(join(scratch, 'ffmpeg'), 0o755);
    // Replacing the worker would end ffmpeg as well; so late, it cannot be what does.
    const args = ['--cancel-kill', '150'];
    server = await startServer(REFERENCE, { args, env: { PATH: `${scratch}:${process.env.PATH}` } });
    const workers = childrenOf(server.pid);
    expect(workers).toHaveLength(1);
    const headers = { prefer: 'respond-async' };
    const { body } = await predict(server.url, { video: dataUrl('video/mp4', video) }, headers);
    const running = await until(server.url, body.id, 'ffmpeg runs', ({ logs }) =>
      /process id \d+\n/.test(logs ?? ''),
    );
    const ffmpegPid = Number(/process id (\d+)/.exec(running.logs ?? '')?.[1]);
    expect(isAlive(ffmpegPid)).toBe(true);

    await fetch(`${server.url}/predictions/${body.id}/cancel`, { method: 'POST' });
    const ended = await until(server.url, body.id, 'it ends', ({ status }) => status !== 'processing');
    expect(ended.status).toBe('canceled');
    await eventually('ffmpeg has ended', () => (isAlive(ffmpegPid) ? null : 'ended'));
    // The worker is the same one, and free again.
    await rm(join(scratch, 'ffmpeg'));
    const next = await predict(server.url, { video: dataUrl('video/mp4', video), width: 64 });
    expect(next.body.status).toBe('succeeded');
    expect(childrenOf(server.pid)).toEqual(workers);
  });
});

async function until(serverUrl: string, id: string, what: string, holds: (body: PredictionBody) => boolean) {
  return eventually(what, async () => {
    const { body } = await getPrediction(serverUrl, id);
    return holds(body) ? body : null;
  });
}

async function probe(picture: Buffer): Promise<{ codec: string; width: number; height: number }> {
  const show = ['-show_entries', 'stream=codec_name,width,height', '-of', 'json'];
  const running = promisify(execFile)('ffprobe', ['-v', 'error', ...show, '-']);
  running.child.stdin?.end(picture);
  const { streams } = JSON.parse((await running).stdout) as {
    streams: { codec_name: string; width: number; height: number }[];
  };
  const [stream] = streams;
  if (stream === undefined) throw new Error('ffprobe sees no picture');
  return { codec: stream.codec_name, width: stream.width, height: stream.height };
}
