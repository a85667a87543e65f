// Owns the process that checks large bodies: starts it when there is one, ends it when there has been none for a while,
// and gives it one at a time, each with a deadline.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock, Timer } from '../../../base/clock.ts';
import { type Deferred, deferred } from '../../../base/deferred.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { LogFields, Logger } from '../../../base/log.ts';
import { packagePath } from '../../../base/package-place.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import type { Mode } from '../../../protocol/control-messages.ts';
import { type CheckReport, type CheckRequest, isReport } from './check-report.ts';

export interface BodyToCheck {
  readonly path: string;
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

export class BodyChecker {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #program: string;
  #checking: Checking | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #idle: Timer | null = null;
  #isClosed = false;

  constructor(
    { clock, log }: { readonly clock: Clock; readonly log: Logger },
    program: string = packagePath('dist', 'server', 'http', 'large', 'check-program.js'),
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#program = program;
  }

  /** Its start takes a moment, in which a body can arrive. */
  prepare(): void {
    if (this.#isClosed) return;
    this.#idle?.cancel();
    this.#idle = null;
    this.#checking ??= this.#start();
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

  async #check({ path, mode, document, hasFiles }: BodyToCheck): Promise<CheckReport> {
    if (this.#isClosed) throw shuttingDown();
    this.prepare();
    const checking = this.#checking;
    if (checking === null) throw new Error('the process that checks bodies did not start');
    const report = deferred<CheckReport>();
    checking.report = report;
    const ms = limit('bodyCheckMs');
    const timer = this.#clock.after(ms, () => {
      report.reject(tooLarge(`cannot be checked within ${ms / 1000} s`));
      this.#end();
    });
    try {
      const isKnown = document === null || document === checking.document;
      const request: CheckRequest = {
        path,
        mode,
        document: isKnown ? null : document,
        hasSchema: document !== null,
        hasFiles,
      };
      checking.document = document ?? checking.document;
      checking.child.send(request, (error) => error && report.reject(error));
      return await report.promise;
    } finally {
      timer.cancel();
      checking.report = null;
      this.#idle = this.#clock.after(limit('bodyCheckerIdleMs'), () => this.#end());
    }
  }

  #start(): Checking {
    const child = spawn(process.execPath, [this.#program], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const checking: Checking = { child, document: null, report: null };
    child.on('message', (message) => {
      if (isReport(message)) checking.report?.resolve(message);
    });
    const gone = (how: LogFields) => {
      if (this.#checking === checking) this.#checking = null;
      if (checking.report !== null) this.#log.warn(how, 'the process that checks large bodies has ended');
      checking.report?.reject(tooLarge('takes more memory to check than there is'));
    };
    child.on('error', (error) => gone({ error }));
    child.on('exit', (code, signal) => gone({ code, signal }));
    return checking;
  }

  #end(): void {
    this.#idle?.cancel();
    this.#idle = null;
    this.#checking?.child.kill('SIGKILL');
    this.#checking = null;
  }
}

function tooLarge(why: string): PawlError {
  return new PawlError('PAWL_BODY_TOO_LARGE', `The request body ${why}.`);
}

export function shuttingDown(): PawlError {
  return new PawlError('PAWL_SHUTTING_DOWN', 'The server is shutting down and takes no predictions.');
}
