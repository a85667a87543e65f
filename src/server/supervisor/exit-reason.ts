// Why a worker ended, as data, and as the sentence a client or operator reads. Pure.
import { type ErrorCode, PawlError } from '../../errors.ts';
import type { WireError } from '../../protocol/control-messages.ts';
import type { SlotFault } from '../slot/slot-owner.ts';

/** Why the server gave a worker up, or what the worker said about itself. */
export type WorkerFault =
  | SlotFault
  | { readonly kind: 'spawn_failed'; readonly detail: string }
  | { readonly kind: 'no_hello'; readonly ms: number }
  | { readonly kind: 'not_attached'; readonly missing: number; readonly ms: number }
  | { readonly kind: 'setup_timeout'; readonly ms: number }
  | { readonly kind: 'describe_timeout'; readonly ms: number }
  | { readonly kind: 'control_lost'; readonly detail: string | null }
  | { readonly kind: 'setup_failed'; readonly error: WireError }
  | { readonly kind: 'fatal'; readonly error: WireError };

export type ExitReason =
  | { readonly kind: 'fault'; readonly fault: WorkerFault }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'stopped' }
  /** Killed, and the kernel has not ended it in time. */
  | { readonly kind: 'unreaped' };

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface EndFacts {
  /** null when the process never started, or never ended. */
  readonly exit: ProcessExit | null;
  readonly fault: WorkerFault | null;
  readonly isStopping: boolean;
  /** The server sent SIGKILL before the process ended. */
  readonly isKilled: boolean;
}

/** A closed channel says little: how the process ended explains it better. */
export function isHearsay(fault: WorkerFault): boolean {
  return fault.kind === 'control_lost' || fault.kind === 'slot_lost';
}

/** The worker is ending by itself: killing it at once would hide how, and cut what it still has to say. */
export function isSelfEnding(fault: WorkerFault): boolean {
  return isHearsay(fault) || fault.kind === 'setup_failed' || fault.kind === 'fatal';
}

export function exitReason({ exit, fault, isStopping, isKilled }: EndFacts): ExitReason {
  if (isStopping) return { kind: 'stopped' };
  if (fault !== null && (!isHearsay(fault) || isKilled)) return { kind: 'fault', fault };
  if (exit?.signal != null) return { kind: 'signal', signal: exit.signal };
  if (exit?.code != null) return { kind: 'exit', code: exit.code };
  return fault === null ? { kind: 'unreaped' } : { kind: 'fault', fault };
}

/** During what it happened: it ends the sentence. */
export type Moment = 'prediction' | 'setup' | 'healthcheck' | 'idle';

const MOMENTS: Record<Moment, string> = {
  prediction: ' while it ran this prediction',
  setup: ' during setup',
  healthcheck: ' during the healthcheck',
  idle: '',
};

/** The error for `reason`; `lastWords` is quoted where the end of the process itself is the reason. */
export function endError(reason: ExitReason, moment: Moment, lastWords: string): PawlError {
  const when = MOMENTS[moment];
  switch (reason.kind) {
    case 'fault':
      return faultError(reason.fault, when, lastWords);
    case 'stopped':
      return new PawlError('PAWL_SHUTTING_DOWN', `the server stopped its worker${when}`);
    case 'unreaped':
      return crashed(`the worker was killed${when} and has not ended yet`, '');
    case 'signal':
      return crashed(`the worker ${signalText(reason.signal, lastWords)}${when}`, lastWords);
    case 'exit':
      return crashed(`the worker exited with code ${reason.code}${exitHint(reason.code)}${when}`, lastWords);
  }
}

function crashed(text: string, lastWords: string): PawlError {
  return new PawlError('PAWL_WORKER_CRASHED', withLastWords(text, lastWords));
}

function withLastWords(text: string, lastWords: string): string {
  return lastWords === '' ? text : `${text}; its last words: ${lastWords}`;
}

/** How V8 says it. Which signal follows depends on its version. */
const HEAP_EXHAUSTED = /FATAL ERROR: .*(?:heap out of memory|heap limit|Allocation failed)/i;

function signalText(signal: string, lastWords: string): string {
  if (HEAP_EXHAUSTED.test(lastWords)) {
    return `ran out of JavaScript heap (${signal}; NODE_OPTIONS=--max-old-space-size=MEGABYTES gives it more)`;
  }
  switch (signal) {
    case 'SIGKILL':
      return 'was killed by SIGKILL (perhaps out of memory)';
    case 'SIGABRT':
      return 'aborted (SIGABRT)';
    case 'SIGSEGV':
    case 'SIGBUS':
    case 'SIGILL':
    case 'SIGFPE':
    case 'SIGTRAP':
      return `crashed in native code (${signal})`;
    default:
      return `was ended by ${signal}`;
  }
}

/** The exit codes of Pawl's own worker; what a predictor exits with stays a number. */
function exitHint(code: number): string {
  if (code === 66) return ' (it lost a slot socket)';
  if (code === 69) return ' (it lost its control channel)';
  if (code === 70) return ' (a defect of its runtime)';
  return '';
}

function faultError(fault: WorkerFault, when: string, lastWords: string): PawlError {
  const replaced = (why: string) => crashed(`the worker was killed${when}, because ${why}`, '');
  switch (fault.kind) {
    case 'spawn_failed':
      return crashed(`the worker process could not be started: ${fault.detail}`, '');
    case 'no_hello':
      return crashed(`the worker did not say hello within ${seconds(fault.ms)} and was killed`, lastWords);
    case 'not_attached':
      return crashed(
        `${fault.missing} of the worker's slot sockets did not connect within ${seconds(fault.ms)}; it was killed`,
        lastWords,
      );
    case 'setup_timeout':
      return new PawlError(
        'PAWL_SETUP_TIMEOUT',
        `loading and setup() took longer than ${seconds(fault.ms)} (--setup-timeout); the worker was killed`,
      );
    case 'describe_timeout':
      return crashed(`the predictor was not loaded within ${seconds(fault.ms)}; the worker was killed`, '');
    case 'protocol':
      return new PawlError(
        'PAWL_PROTOCOL',
        withLastWords(`the worker broke the protocol and was killed${when}: ${fault.detail}`, lastWords),
      );
    case 'control_lost':
      return replaced(`it closed its control channel${detailOf(fault.detail)}`);
    case 'slot_lost':
      return replaced(`it closed the socket of slot ${fault.slot}${detailOf(fault.detail)}`);
    case 'no_idle_token':
      return replaced(`slot ${fault.slot} did not become free within ${seconds(fault.ms)} of its prediction`);
    case 'cancel_ignored':
      return replaced(
        `the canceled prediction on slot ${fault.slot} still ran ${seconds(fault.ms)} after its cancel`,
      );
    case 'setup_failed':
      return wireToPawl(fault.error, 'PAWL_SETUP_THREW');
    case 'fatal':
      return crashed(`the worker gave up${when}: ${errorText(fault.error)}`, lastWords);
  }
}

function detailOf(detail: string | null): string {
  return detail === null ? '' : ` (${detail})`;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

function wireToPawl(error: WireError, otherwise: ErrorCode): PawlError {
  const code = error.code === 'PAWL_PREDICT_FAILED' ? otherwise : error.code;
  return new PawlError(code, errorText(error));
}

/** `NAME: message`; our own class name would say nothing to the reader. */
export function errorText({ name, message }: WireError): string {
  return name === 'PawlError' ? message : `${name}: ${message}`;
}

/** What setup.logs says about a failure: the error, and its stack where there is one. */
export function setupFailureText(error: WireError): string {
  const text = errorText(error);
  if (error.stack === null || error.stack === '') return text;
  // The stack of a JavaScript error usually begins with its own name and message.
  return error.stack.startsWith(text) ? error.stack : `${text}\n${error.stack}`;
}
