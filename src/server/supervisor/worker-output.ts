// Where the words of one worker go: setup output into its setup record, everything into the server log.
import type { Logger } from '../../base/log.ts';
import type { Diagnostic, WireError, WorkerLog } from '../../protocol/control-messages.ts';
import type { WorkerIndex } from '../../protocol/ids.ts';
import { LastWords } from '../slot/last-words.ts';
import { setupFailureText } from './exit-reason.ts';
import type { SetupRecord } from './setup-record.ts';

export class WorkerOutput {
  readonly #worker: WorkerIndex;
  readonly #logger: Logger;
  readonly #setup: SetupRecord;
  /** The end of what was written to stderr beside the predictions. */
  readonly lastWords = new LastWords();

  constructor(worker: WorkerIndex, logger: Logger, setup: SetupRecord) {
    this.#worker = worker;
    this.#logger = logger;
    this.#setup = setup;
  }

  spawned(pid: number): void {
    this.#logger.debug({ worker: this.#worker, pid }, 'a worker was spawned');
  }

  captured({ origin, stream, data, id }: WorkerLog): void {
    if (origin === 'setup') this.#setup.output(data);
    if (stream === 'stderr') this.lastWords.append(data);
    this.#logger.info({ worker: this.#worker, origin, stream, prediction: id }, data.trimEnd());
  }

  diagnostic({ level, message }: Diagnostic): void {
    this.#logger[level]({ worker: this.#worker }, message);
  }

  /** From its original stderr: the JavaScript engine, not the predictor. */
  runtime(text: string): void {
    this.#logger.warn({ worker: this.#worker, origin: 'runtime' }, text.trimEnd());
  }

  setupFailed(error: WireError): void {
    this.#setup.failed(setupFailureText(error));
    this.#logger.error({ worker: this.#worker, stack: error.stack }, 'loading or setup() failed');
  }

  fatal(error: WireError): void {
    this.#logger.error({ worker: this.#worker, stack: error.stack }, 'a worker reported its failure');
  }
}
