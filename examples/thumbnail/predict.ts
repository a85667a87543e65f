// Takes a picture out of a video, with the ffmpeg that is installed on the machine.
// Shows how a predictor runs a program: its output becomes the prediction's log, and a cancel ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { choices, definePredictor, file, outputFile } from 'pawl';
import { z } from 'zod';

export default definePredictor({
  input: z.object({
    video: file().describe('Any video that ffmpeg can read'),
    at: z.number().min(0).default(0).describe('Seconds from the beginning'),
    width: z.int().min(16).max(3840).default(320).describe('Width of the picture; the height follows'),
    format: choices(['jpg', 'png']).default('jpg'),
  }),
  output: file(),

  async predict({ video, at, width, format }, scope) {
    const picture = join(scope.tempDir, `thumbnail.${format}`); // the folder goes when the prediction has ended
    await ffmpeg(
      [
        ...['-hide_banner', '-nostdin', '-nostats', '-progress', 'pipe:2'],
        // A "video" may be a playlist. Only this file may be read, not addresses that it names.
        ...['-protocol_whitelist', 'file', '-ss', String(at), '-i', video.path],
        ...['-frames:v', '1', '-vf', `scale=${width}:-2`, '-update', '1', '-y', picture],
      ],
      scope.signal,
    );
    // Past the end of the video ffmpeg writes nothing and calls it a success.
    const written = await stat(picture).catch(() => null);
    if (written === null)
      throw new RangeError(`the video has no picture at ${at} s: it is shorter than that`);
    return outputFile(picture);
  },
});

async function ffmpeg(args: string[], signal: AbortSignal): Promise<void> {
  // 'inherit' is enough for a live log: what the program writes is this prediction's output.
  const child = spawn('ffmpeg', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    signal,
    killSignal: 'SIGKILL',
  });
  try {
    const [code, killedBy] = await once(child, 'close');
    if (code !== 0) throw new Error(`ffmpeg ended with ${killedBy ?? `exit code ${code}`}; the log says why`);
  } catch (error) {
    signal.throwIfAborted(); // killed because of a cancel: report that, not the kill
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error(
        'ffmpeg is not installed: install it (Debian: apt install ffmpeg, macOS: brew install ffmpeg)',
      );
    }
    throw error;
  }
}
