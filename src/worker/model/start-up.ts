// From init to ready on the model thread: load the predictor, offer slots, run setup(). Every failure ends here as
// one error that names what failed; the worker then reports it and ends.
import { PawlError } from '../../errors.ts';
import type { Init, PredictorDescription } from '../../protocol/control-messages.ts';
import { loadPredictor } from './load.ts';
import type { BegunModule } from './load-module.ts';
import type { LoadedPredictor } from './loaded-predictor.ts';
import { describePredictor } from './schema/document.ts';

export interface Loaded {
  readonly predictor: LoadedPredictor;
  readonly description: PredictorDescription;
  readonly slots: number;
}

export async function load(init: Init, file: string, begun: BegunModule | null): Promise<Loaded> {
  const predictor = await loadPredictor(file, init.predictorExport, begun ?? undefined);
  if (init.mode === 'train' && predictor.train === null) {
    throw new PawlError(
      'PAWL_PREDICTOR_INVALID',
      `the predictor in ${file} has no train(): give it one, or run it without training`,
    );
  }
  const description = {
    document: describePredictor(predictor, init.mode),
    hasTrain: predictor.train !== null,
    hasHealthcheck: predictor.healthcheck !== null,
  };
  return { predictor, description, slots: slotsOf(init, predictor) };
}

function slotsOf(init: Init, predictor: LoadedPredictor): number {
  const slots = init.concurrency ?? predictor.concurrency ?? 1;
  const task = init.mode === 'train' && predictor.train !== null ? predictor.train : predictor.predict;
  if (slots > 1 && !task.isAsync) {
    throw new PawlError(
      'PAWL_PREDICTOR_INVALID',
      `concurrency ${slots} needs an async ${task.name}(): a synchronous one takes one slot per worker. ` +
        `Declare it async, or ask for more processes with --workers ${slots}`,
    );
  }
  return slots;
}
