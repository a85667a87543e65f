// Finds where somebody speaks in a recording, with the Silero voice-activity model in ONNX Runtime.
// The model file comes with the npm package @ricky0123/vad-web; nothing is downloaded when it runs.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { definePredictor, file } from 'pawl';
import { z } from 'zod';
import { segmentsOf } from './segments.ts';
import { readWav } from './wav.ts';

const { resolve } = createRequire(import.meta.url);
const modelPath = resolve('@ricky0123/vad-web/dist/silero_vad_v5.onnx');

// What the model was trained on: windows of 512 samples at 16 kHz, each preceded by the last 64 of the one before.
const SAMPLE_RATE = 16_000;
const WINDOW = 512;
const CONTEXT = 64;
const STATE_SHAPE = [2, 1, 128];

export default definePredictor({
  input: z.object({
    audio: file().describe('WAV recording, 16 kHz'),
    threshold: z
      .number()
      .min(0.2)
      .max(0.95)
      .default(0.5)
      .describe('Probability from which a window is speech'),
    min_speech: z.number().min(0).max(10).default(0.25).describe('Shortest stretch of speech, in seconds'),
    min_silence: z.number().min(0).max(10).default(0.1).describe('Shortest pause that ends one, in seconds'),
    curve: z.boolean().default(false).describe('Also return the probability of each window of 32 ms'),
  }),
  output: z.object({
    duration: z.number().describe('Length of the recording in seconds'),
    segments: z.array(z.object({ start: z.number(), end: z.number() })).describe('Speech, in seconds'),
    curve: z.array(z.number()).nullable(),
  }),

  async setup() {
    // One thread: the machine's other cores belong to other workers.
    const session = await InferenceSession.create(modelPath, { intraOpNumThreads: 1, logSeverityLevel: 3 });
    console.log(`loaded ${modelPath.split('/').at(-1)}`);
    return { session };
  },

  async predict({ audio, threshold, min_speech, min_silence, curve }, scope) {
    const { sampleRate, samples } = readWav(await readFile(audio.path));
    if (sampleRate !== SAMPLE_RATE) {
      throw new RangeError(
        `the recording has ${sampleRate} samples a second and the model needs ${SAMPLE_RATE}: ` +
          `convert it, for instance with: ffmpeg -i ${audio.name} -ar ${SAMPLE_RATE} out.wav`,
      );
    }
    const duration = samples.length / SAMPLE_RATE;
    console.log(`${audio.name}: ${duration.toFixed(2)} s`);

    const probabilities = await listen(scope.state.session, samples, scope.signal);
    const rules = { threshold, minSpeech: min_speech, minSilence: min_silence };
    const segments = segmentsOf(probabilities, WINDOW / SAMPLE_RATE, rules).map(({ start, end }) => ({
      start,
      end: Math.min(end, duration), // the last window may be only partly filled
    }));
    for (const { start, end } of segments)
      console.log(`speech from ${start.toFixed(2)} s to ${end.toFixed(2)} s`);
    return { duration, segments, curve: curve ? probabilities : null };
  },
});

/** The speech probability of each window. The model is recurrent: each call hands its state to the next. */
async function listen(
  session: InferenceSession,
  samples: Float32Array,
  signal: AbortSignal,
): Promise<number[]> {
  const sr = new Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE)), []);
  let state = new Tensor('float32', new Float32Array(256), STATE_SHAPE);
  const probabilities: number[] = [];
  for (let at = 0; at < samples.length; at += WINDOW) {
    signal.throwIfAborted(); // a canceled prediction stops here, with its reason
    const window = new Float32Array(CONTEXT + WINDOW); // zeros where there is nothing: before the start, after the end
    const from = Math.max(0, at - CONTEXT);
    window.set(samples.subarray(from, at + WINDOW), CONTEXT - (at - from));
    const input = new Tensor('float32', window, [1, window.length]);
    const { output, stateN } = await session.run({ input, state, sr });
    probabilities.push(Number(output?.data[0]));
    state = stateN as typeof state;
  }
  return probabilities;
}
