// Starts a worker only to learn what its predictor can do; setup() never runs and no slot exists.
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Config } from '../../config.ts';
import { PawlError } from '../../errors.ts';
import type { PredictorDescription } from '../../protocol/control-messages.ts';
import { asWorkerIndex } from '../../protocol/ids.ts';
import { ServerDirectory } from '../work-directory.ts';
import { defaultWorkerEntry, type WorkerEntry } from './spawn.ts';
import { Worker } from './worker.ts';
import type { WorkerEnd } from './worker-end.ts';

export interface DescribeOptions {
  readonly clock?: Clock;
  readonly workerEntry?: WorkerEntry;
}

/** Rejects with a PawlError that says why the predictor could not be loaded. */
export async function describePredictor(
  config: Config,
  logger: Logger,
  { clock = systemClock, workerEntry = defaultWorkerEntry() }: DescribeOptions = {},
): Promise<PredictorDescription> {
  const directory = new ServerDirectory(config.workDir);
  const worker = new Worker({
    index: asWorkerIndex(0),
    start: 1,
    purpose: 'schema',
    config,
    clock,
    logger,
    entry: workerEntry,
    directory: directory.path,
    onStatus: () => {},
  });
  const lastResort = () => {
    worker.killNow();
    directory.removeNow();
  };
  process.once('exit', lastResort);
  try {
    return await Promise.race([worker.description, worker.gone.then(raise)]);
  } finally {
    await worker.stop();
    process.removeListener('exit', lastResort);
    await directory.remove(logger);
  }
}

function raise(end: WorkerEnd): never {
  if (end.kind === 'failed') throw end.error;
  throw new PawlError('PAWL_SHUTTING_DOWN', 'the worker was stopped before it described the predictor');
}
