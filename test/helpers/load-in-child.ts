// Loads a predictor from dist/ in a Node process of its own, as a worker does, and tells what came of it. A loader
// changes the process it runs in, and the test runner has one of its own.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LOAD = pathToFileURL(path.join(ROOT, 'dist/worker/model/load.js')).href;
const CHILD_MS = 30_000;

const SCRIPT = `
const [file, name, input] = JSON.parse(process.argv[1]);
const { loadPredictor } = await import(${JSON.stringify(LOAD)});
const told = (error) => ({ name: error?.name, message: error?.message, code: error?.code, stack: error?.stack });
const settle = async (fn) => {
  try {
    return { value: await fn() };
  } catch (error) {
    return { error: told(error), cause: error?.cause === undefined ? null : told(error.cause) };
  }
};
const loaded = await settle(() => loadPredictor(file, name));
if (loaded.value === undefined) console.log(JSON.stringify(loaded));
else {
  const { predict, train, concurrency, streaming } = loaded.value;
  const called = await settle(async () => {
    const checked = predict.input === null ? { ok: true, value: input } : await predict.input.check(input);
    return checked.ok ? predict.call(checked.value, {}) : checked;
  });
  const description = { name: predict.name, isAsync: predict.isAsync, hasTrain: train !== null, concurrency, streaming };
  console.log(JSON.stringify({ ...description, called }));
}
`;

interface Told {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly stack?: string;
}

export interface LoadOutcome {
  readonly error?: Told;
  readonly cause?: Told | null;
  readonly name?: string;
  readonly isAsync?: boolean;
  readonly hasTrain?: boolean;
  readonly called?: { readonly value?: unknown; readonly error?: Told };
}

/** `file` counts from test/fixtures/predictors/load unless it is absolute. Calls predict() with `input` once loaded. */
export async function loadInChild(
  file: string,
  name: string | null = null,
  input: object = {},
): Promise<LoadOutcome> {
  const absolute = path.resolve(ROOT, 'test/fixtures/predictors/load', file);
  const args = ['--input-type=module', '-e', SCRIPT, '--', JSON.stringify([absolute, name, input])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, timeout: CHILD_MS });
  return JSON.parse(stdout);
}
