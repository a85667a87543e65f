// `pawl predict` and `pawl train`: one prediction, or training, in one worker, without HTTP. Result on stdout, everything else on stderr; the worker
// and its files are gone when it returns, whatever happened.
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JsonObject } from '../base/json.ts';
import type { Config } from '../config.ts';
import { PawlError } from '../errors.ts';
import type { Mode, PredictorDescription } from '../protocol/control-messages.ts';
import { createEngine, type Engine } from '../server/engine.ts';
import { inputFields } from '../server/prediction/field-kinds.ts';
import { NOUN } from '../server/prediction/noun.ts';
import { yieldsListItems } from '../server/prediction/openapi-schema.ts';
import type { Prediction } from '../server/prediction/prediction.ts';
import { compilePredictorSchema } from '../server/prediction/predictor-schema.ts';
import { commandLog, Transcript } from './command-log.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { readAsDataUrl, readJsonFile } from './input-file.ts';
import { type Interruption, watchInterruption } from './interruption.ts';
import { asInvalidInput, runPrediction } from './one-prediction.ts';
import type { OutputTarget } from './output-names.ts';
import { type NamedText, predictionInput, splitNamed } from './prediction-input.ts';
import { findPredictor } from './predictor-reference.ts';
import type { TaskCall } from './program.ts';
import { readConfig } from './read-config.ts';
import { ResultWriter } from './result-writer.ts';
import { quoted, usageError } from './usage-error.ts';

interface Task {
  readonly config: Config;
  readonly named: readonly NamedText[];
  readonly json: JsonObject;
  readonly target: OutputTarget;
}

export async function runTask(mode: Mode, call: TaskCall): Promise<ExitCode> {
  const transcript = new Transcript((text) => process.stderr.write(text));
  const task = await prepare(mode, call, transcript);
  using interruption = watchInterruption();
  const engine = createEngine(task.config, {
    log: commandLog(transcript),
    dataUrls: 'named',
    outputs: 'in memory',
  });
  try {
    engine.start();
    return await predict(engine, task, transcript, interruption);
  } finally {
    transcript.finishLine();
    // Nothing runs any more, or nobody wants it to.
    await engine.stop(0);
  }
}

/** What is wrong about the call itself is found before a worker starts. */
async function prepare(mode: Mode, call: TaskCall, transcript: Transcript): Promise<Task> {
  const { value, warnings } = readConfig(
    { command: mode, flags: call.flags, environment: process.env, stderrIsTerminal: false },
    findPredictor(call.reference, mode, process.env),
  );
  for (const warning of warnings) transcript.line(`warning: ${warning}`);
  const named = call.inputs.map(splitNamed);
  const target = outputTarget(call.outputFile ?? null);
  const json = call.jsonFile === undefined ? {} : await readJsonFile(call.jsonFile);
  // One slot is all it takes, and a worker that crashed has nothing left to run.
  return {
    config: { ...value, mode, workers: 1, concurrency: 1, restart: 'never' },
    named,
    json,
    target,
  };
}

function outputTarget(path: string | null): OutputTarget {
  if (path === null) return { kind: 'here' };
  // Elsewhere that is stdout, which has the result here: nobody means a file of that name.
  if (path === '-') {
    throw usageError('-o takes the name of a file or a directory, not -; ./- is a file of that name.');
  }
  if (isDirectory(path)) return { kind: 'folder', path };
  if (isDirectory(dirname(path)) && !path.endsWith('/')) return { kind: 'file', path };
  const missing = path.endsWith('/') ? path : dirname(path);
  throw usageError(
    `-o takes the name of a file, or of a directory that exists; the directory ${quoted(missing)} does not exist.`,
  );
}

async function predict(
  engine: Engine,
  task: Task,
  transcript: Transcript,
  interruption: Interruption,
): Promise<ExitCode> {
  const { fleet, service, config } = engine;
  const isOver = fleet.settledStart().then(() => null);
  const loading = Promise.race([fleet.described(), isOver]);
  await interruption.cut(loading);
  if (interruption.exitCode !== null) return interruption.exitCode;
  const loaded = await loading;
  // Nobody should wait for setup() to hear of a typing error; it ends with the worker.
  const input = loaded === null ? {} : checkedInput(loaded, task, transcript);
  await interruption.cut(isOver);
  if (interruption.exitCode !== null) return interruption.exitCode;
  const { predictor } = service;
  if (fleet.status !== 'ready' || predictor === null) throw setupFailure(engine, transcript);
  const { startedAt, completedAt } = fleet.setup;
  transcript.line(`setup took ${seconds((completedAt ?? startedAt) - startedAt)}`);
  const textItems = yieldsListItems(predictor.document, config.mode) ? 'items' : 'parts';
  const writer = new ResultWriter({ target: task.target, textItems }, resultSink());
  const { interrupted } = interruption;
  const { mode } = config;
  const prediction = await runPrediction({ service, mode, input, writer, transcript, interrupted });
  return conclude(prediction, transcript, interruption);
}

/** Throws PAWL_USAGE or PAWL_INPUT_INVALID. */
function checkedInput(
  predictor: PredictorDescription,
  { named, json, config }: Task,
  transcript: Transcript,
): JsonObject {
  const { mode } = config;
  const input = predictionInput(inputFields(predictor.document, mode), {
    named,
    json,
    readFile: (path) => readAsDataUrl(path, config.inputFileBytesMax),
    isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
    warn: (text) => transcript.line(`warning: ${text}`),
  });
  try {
    compilePredictorSchema(predictor).check[mode](input);
  } catch (error) {
    throw asInvalidInput(error);
  }
  return input;
}

function conclude(prediction: Prediction, transcript: Transcript, interruption: Interruption): ExitCode {
  const { status, failure } = prediction;
  const { predictMs } = prediction.times;
  if (failure !== null) {
    const what =
      failure.code === 'PAWL_INPUT_INVALID' ? 'the input is invalid' : `the ${NOUN[prediction.mode]} failed`;
    throw new PawlError(failure.code, `${what}: ${failure.text}`);
  }
  transcript.line(`${status} after ${seconds(predictMs ?? 0)}`);
  return status === 'succeeded' ? EXIT.ok : (interruption.exitCode ?? EXIT.failed);
}

/** The stack is the last part of the setup log; the rest of that log has been shown live. */
function setupFailure({ fleet }: Engine, transcript: Transcript): PawlError {
  const { failure } = fleet;
  const reason = failure?.message ?? 'no worker became ready';
  const { logs } = fleet.setup;
  const start = logs.lastIndexOf(reason);
  const report = start < 0 ? '' : logs.slice(start);
  if (report.trim() !== reason) transcript.output(report);
  return new PawlError(failure?.code ?? 'PAWL_SETUP_FAILED', `setup failed: ${reason}`);
}

function resultSink(): ConstructorParameters<typeof ResultWriter>[1] {
  const written = new Set<string>();
  let isUnread = false;
  process.stdout.once('error', () => {
    isUnread = true;
  });
  return {
    print(text) {
      // A reader such as `head` that has seen enough: an endless generator must not go on for nobody.
      if (isUnread) throw new Error('nobody reads stdout any more');
      process.stdout.write(text);
    },
    write(path, content) {
      if (written.has(path)) return appendFileSync(path, content);
      written.add(path);
      writeFileSync(path, content);
    },
  };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 3 : 1)} s`;
}
