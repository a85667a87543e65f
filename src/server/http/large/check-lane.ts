// Owns one process that checks large bodies: starts it when there is one, ends it when there has been none for a while,
// and gives it one at a time, each with a deadline.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock, Timer } from '../../../base/clock.ts';
import { type Deferred, deferred } from '../../../base/deferred.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { LogFields, Logger } from '../../../base/log.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import type { Mode } from '../../../protocol/control-messages.ts';
import { NotTaken } from '../../prediction/refusal.ts';
import { type CheckReport, type CheckRequest, isReport } from './check-report.ts';
import type { StoredPart } from './form-file.ts';

const LATER_MS = 5_000;

export interface BodyToCheck {
  readonly path: string;
  readonly form: readonly StoredPart[] | null;
  readonly mode: Mode;
  readonly document: JsonObject | null;
  readonly hasFiles: boolean;
}

interface Checking {
  readonly child: ChildProcess;
  /** What it has compiled. */
  document: JsonObject | null;
  report: Deferred<CheckReport> | null;
}

export interface LaneParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly program: string;
  /** Takes what takes long, too. */
  readonly isPatient: boolean;
}

/** What dies young costs less where there is room for it: parsing makes little else. */
const YOUNG_MIB = 64;

export class CheckLane {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #program: string;
  readonly #isPatient: boolean;
  #checking: Checking | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #idle: Timer | null = null;
  #isClosed = false;

  constructor({ clock, log, program, isPatient }: LaneParts) {
    this.#clock = clock;
    this.#log = log;
    this.#program = program;
    this.#isPatient = isPatient;
  }

  /** Its start takes a moment, in which a body can arrive. One that does not arrive keeps it for a while only. */
  prepare(): void {
    if (this.#isClosed) return;
    this.#checking ??= this.#start();
    if (this.#checking.report === null) this.#endLater();
  }

  /** In its turn. Rejects with PAWL_BODY_TOO_LARGE where it takes more memory or time than there is. */
  check(body: BodyToCheck): Promise<CheckReport> {
    const report = this.#last.then(() => this.#check(body));
    this.#last = report.catch(() => {});
    return report;
  }

  /** Whoever waits is refused. */
  close(): void {
    this.#isClosed = true;
    this.#checking?.report?.reject(shuttingDown());
    this.#end();
  }

  async #check({ path, form, mode, document, hasFiles }: BodyToCheck): Promise<CheckReport> {
    if (this.#isClosed) throw shuttingDown();
    this.prepare();
    const checking = this.#checking;
    if (checking === null) throw new Error('the process that checks bodies did not start');
    const report = deferred<CheckReport>();
    checking.report = report;
    this.#idle?.cancel();
    const ms = limit('bodyCheckMs');
    const timer = this.#clock.after(ms, () => {
      report.reject(tooLarge(`cannot be checked within ${ms / 1000} s`));
      this.#end();
    });
    try {
      const isKnown = document === null || document === checking.document;
      const request: CheckRequest = {
        path,
        form,
        mode,
        document: isKnown ? null : document,
        hasSchema: document !== null,
        hasFiles,
        isPatient: this.#isPatient,
      };
      checking.child.send(request, (error) => error && report.reject(notStarted(error)));
      const answer = await report.promise;
      // One that failed may have compiled it or not.
      checking.document = answer.type === 'failed' ? null : (document ?? checking.document);
      return answer;
    } finally {
      timer.cancel();
      checking.report = null;
      this.#endLater();
    }
  }

  #endLater(): void {
    this.#idle?.cancel();
    if (this.#checking === null) return;
    this.#idle = this.#clock.after(limit('bodyCheckerIdleMs'), () => this.#end());
  }

  #start(): Checking {
    const flags = [`--max-semi-space-size=${YOUNG_MIB}`];
    const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const;
    const child = spawn(process.execPath, [...flags, this.#program], { stdio: [...stdio] });
    const checking: Checking = { child, document: null, report: null };
    child.on('message', (message) => {
      if (isReport(message)) checking.report?.resolve(message);
    });
    const gone = (how: LogFields, refusal: PawlError) => {
      if (this.#checking === checking) this.#checking = null;
      if (checking.report !== null) this.#log.warn(how, 'the process that checks large bodies has ended');
      checking.report?.reject(refusal);
    };
    child.on('error', (error) => gone({ error }, notStarted(error)));
    child.on('exit', (code, signal) => {
      const why = `cannot be checked: the process that tried has ended (${signal ?? `exit code ${code}`}), most likely for want of memory`;
      gone({ code, signal }, tooLarge(why));
    });
    return checking;
  }

  #end(): void {
    this.#idle?.cancel();
    this.#idle = null;
    this.#checking?.child.kill('SIGKILL');
    this.#checking = null;
  }
}

function notStarted(cause: Error): PawlError {
  const message = `The process that checks large request bodies does not start: ${cause.message}.`;
  return new NotTaken('PAWL_NOT_READY', message, LATER_MS, { cause });
}

function tooLarge(why: string): PawlError {
  return new PawlError('PAWL_BODY_TOO_LARGE', `The request body ${why}.`);
}

export function shuttingDown(): PawlError {
  return new PawlError('PAWL_SHUTTING_DOWN', 'The server is shutting down and takes no predictions.');
}
