// stderr of the commands that run once: what the predictor prints, as it is, and lines of ours between. Errors that
// have a code, or are a worker's, end the command and are told there, once.
import type { LogFields } from '../base/log.ts';
import type { ServerLog } from '../server/observe/log.ts';
import { errorText } from './usage-error.ts';

export class Transcript {
  readonly #write: (text: string) => void;
  #isAtLineStart = true;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Output of the predictor; its last line may be unfinished. */
  output(text: string): void {
    if (text === '') return;
    this.#isAtLineStart = text.endsWith('\n');
    this.#write(text);
  }

  /** A line of ours, never in the middle of another. */
  line(text: string): void {
    this.finishLine();
    this.#write(`pawl: ${text}\n`);
  }

  finishLine(): void {
    if (!this.#isAtLineStart) this.output('\n');
  }
}

export function commandLog(transcript: Transcript): ServerLog {
  return {
    debug: () => undefined,
    info(fields, message) {
      if (!isWorkerOutput(fields)) return;
      transcript.finishLine();
      transcript.output(`${message}\n`);
    },
    warn: (fields, message) => transcript.line(`warning: ${message}${detail(fields)}`),
    error(fields, message) {
      if (fields.code === undefined && fields.worker === undefined)
        transcript.line(`${message}${detail(fields)}`);
    },
    flush: () => undefined,
  };
}

/** Output of a prediction has no origin: it is followed event by event. */
function isWorkerOutput(fields: LogFields): boolean {
  return typeof fields.origin === 'string';
}

function detail(fields: LogFields): string {
  return fields.error === undefined ? '' : `: ${errorText(fields.error)}`;
}
