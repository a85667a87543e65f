// Reads the text in a photograph with Tesseract. The engine (WebAssembly) and the language data come with the npm
// packages of this folder, so nothing is downloaded when it runs.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { choices, definePredictor, file } from 'pawl';
import { createWorker, OEM, type Page, type Worker } from 'tesseract.js';
import { z } from 'zod';

const { resolve } = createRequire(import.meta.url);
const languageData = join(dirname(resolve('@tesseract.js-data/eng/package.json')), '4.0.0_best_int');

const Box = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() });
const Word = z.object({ text: z.string(), confidence: z.number(), box: Box });

interface Reader {
  engine: Worker;
  /** Where the engine's progress goes; each prediction points it at its own log. */
  report: (percent: number) => void;
}

export default definePredictor({
  input: z.object({
    image: file().describe('Photograph or scan: JPEG, PNG, BMP, PBM or WebP'),
    language: choices(['eng']).default('eng').describe('Language of the text'),
  }),
  output: z.object({
    text: z.string(),
    confidence: z.number().describe('0 to 100, for the whole text'),
    words: z.array(Word).describe('Each word with its place in the picture, in pixels'),
  }),

  // Runs once per worker. Loading the engine takes longer than reading a picture, so it is kept.
  async setup() {
    const reader: Reader = {
      engine: await startEngine((percent) => reader.report(percent)),
      report: () => {},
    };
    return reader;
  },

  async predict({ image }, scope) {
    const reader = scope.state;
    console.log(`reading ${image.name} (${image.size} bytes)`);
    // The engine reports from a thread of its own; bind() makes what it says part of this prediction's log.
    reader.report = scope.bind((percent: number) => console.log(`recognizing text: ${percent}%`));

    const page = await recognize(reader, image.path, scope.signal);
    const words = wordsOf(page);
    console.log(`found ${words.length} words`);
    scope.metrics.record('words', words.length);
    return { text: page.text.trim(), confidence: page.confidence, words };
  },
});

async function startEngine(onProgress: (percent: number) => void): Promise<Worker> {
  return createWorker('eng', OEM.LSTM_ONLY, {
    langPath: languageData,
    gzip: true, // the package ships eng.traineddata.gz
    cacheMethod: 'none', // and it is on this disk already
    logger: ({ status, progress }) => {
      if (status === 'recognizing text') onProgress(Math.round(progress * 100));
    },
    // A picture it cannot read rejects recognize(); without this it would be thrown a second time, at nobody.
    errorHandler: () => {},
  });
}

/** Tesseract cannot stop in the middle of a page: a canceled one costs its engine, and the next gets a new one. */
async function recognize(reader: Reader, path: string, signal: AbortSignal): Promise<Page> {
  signal.throwIfAborted();
  const canceled = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    const reading = reader.engine.recognize(path, {}, { text: true, blocks: true });
    return (await Promise.race([reading, canceled])).data;
  } catch (error) {
    if (!signal.aborted) throw new Error(`the picture could not be read: ${error}`);
    await reader.engine.terminate();
    reader.engine = await startEngine((percent) => reader.report(percent));
    throw error;
  }
}

function wordsOf(page: Page): z.output<typeof Word>[] {
  const lines = (page.blocks ?? [])
    .flatMap((block) => block.paragraphs)
    .flatMap((paragraph) => paragraph.lines);
  return lines
    .flatMap((line) => line.words)
    .map(({ text, confidence, bbox }) => ({
      text,
      confidence,
      box: { x: bbox.x0, y: bbox.y0, width: bbox.x1 - bbox.x0, height: bbox.y1 - bbox.y0 },
    }));
}
