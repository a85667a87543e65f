// Runs one prediction on a ready engine and follows it: logs to the transcript, outputs to the writer as they come.
// A value that predict() returns is shown only once the prediction has succeeded.
import { assert } from '../base/assert.ts';
import { deferred } from '../base/deferred.ts';
import type { JsonObject } from '../base/json.ts';
import { PawlError } from '../errors.ts';
import type { Mode } from '../protocol/control-messages.ts';
import { isInMemory, type Shown } from '../server/payload/stored-value.ts';
import type { PredictionEvent } from '../server/prediction/events.ts';
import type { Prediction } from '../server/prediction/prediction.ts';
import { RequestRefused } from '../server/prediction/refusal.ts';
import type { PredictionService } from '../server/prediction/service.ts';
import type { Transcript } from './command-log.ts';
import type { OutputKind, ResultWriter } from './result-writer.ts';
import { errorText } from './usage-error.ts';

export interface OnePrediction {
  readonly service: PredictionService;
  readonly mode: Mode;
  readonly input: JsonObject;
  readonly writer: ResultWriter;
  readonly transcript: Transcript;
  /** Cancels the prediction when it resolves. */
  readonly interrupted: Promise<void>;
}

/** Resolves with the prediction that has ended. Rejects where it was refused, or its output could not be written. */
export async function runPrediction(run: OnePrediction): Promise<Prediction> {
  const completed = deferred<Prediction>();
  const outputs = new Outputs(run.writer);
  const prediction = await run.service
    .submit({
      id: null,
      mode: run.mode,
      input: run.input,
      context: {},
      trace: {},
      cancelAfterMs: null,
      observers: [
        (event, source) => {
          if (event.type === 'log') run.transcript.output(event.data);
          // An output nobody can read is not worth waiting for.
          if (!outputs.follow(event, source)) source.cancel();
          if (event.type === 'completed') completed.resolve(source);
        },
      ],
    })
    .catch((error) => {
      throw asInvalidInput(error);
    });
  void run.interrupted.then(() => prediction.cancel());
  await completed.promise;
  if (outputs.failure !== null) throw outputs.failure;
  return prediction;
}

class Outputs {
  readonly #writer: ResultWriter;
  #seen: 'nothing' | 'items' | 'value' = 'nothing';
  failure: PawlError | null = null;

  constructor(writer: ResultWriter) {
    this.#writer = writer;
  }

  /** False when the output could not be written. */
  follow(event: PredictionEvent, prediction: Prediction): boolean {
    if (this.failure !== null) return true;
    try {
      if (event.type === 'output') this.#receive(event, prediction);
      if (event.type === 'completed') this.#complete(prediction);
      return true;
    } catch (cause) {
      const message = `the output could not be written: ${errorText(cause)}`;
      this.failure = new PawlError('PAWL_OUTPUT_FILE_FAILED', message, { cause });
      return false;
    }
  }

  #receive({ value }: PredictionEvent & { type: 'output' }, prediction: Prediction): void {
    // What was returned is the output itself; what was yielded is an item of it.
    this.#seen = prediction.output === value ? 'value' : 'items';
    if (this.#seen === 'items') this.#write('item', value);
  }

  #complete(prediction: Prediction): void {
    const { output, status } = prediction;
    const isEmptyList = this.#seen === 'nothing' && Array.isArray(output);
    if (status === 'succeeded' && this.#seen !== 'items' && !isEmptyList) {
      this.#write('value', output ?? null);
    }
    this.#writer.end();
  }

  #write(kind: OutputKind, value: Shown): void {
    assert(isInMemory(value), 'the engine of a command keeps outputs in memory');
    this.#writer.receive(kind, value);
  }
}

/** In the words of the command line: `body.input.scale` is `-i scale` here. */
export function asInvalidInput(error: unknown): unknown {
  if (!(error instanceof RequestRefused)) return error;
  const texts = error.issues.map(({ path, message }) => `${path.slice(1).join('.')}: ${message}`);
  return new PawlError('PAWL_INPUT_INVALID', `the input is invalid: ${texts.join('; ')}`, { cause: error });
}
