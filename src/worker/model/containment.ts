// What must not end the worker: user code that ends its process, errors nobody caught, rejections nobody handled. Each
// fails the work it came from, or is reported when that work is over. Native code that exits is beyond its reach.
import { constants } from 'node:os';
import { origins } from './origin.ts';
import { userStack } from './user-stack.ts';

type Report = (text: string) => void;

/** Thrown where user code asks the process to exit. The name is the one that Cog's clients know. */
class SystemExit extends Error {
  override readonly name = 'SystemExit';
}

/** Returns the real process.exit, for the runtime's own use. */
export function installContainment(report: Report): (code: number) => never {
  const exit = process.exit.bind(process);
  // Where Node's own exit() ends, and what libraries call that patch exit().
  const reallyExit = replace('reallyExit', (code) => refuse(`process.reallyExit(${code ?? ''})`));
  process.exit = (code) => refuse(`process.exit(${code ?? ''})`);
  process.abort = () => refuse('process.abort()');
  // Newer versions of Node can replace the program.
  if ('execve' in process) replace('execve', () => refuse('process.execve()'));
  // Under process.kill(), which checks its arguments first.
  const kill = replace('_kill', (pid, signal) => {
    if (reachesWorker(pid) && endsProcess(signal)) refuse(`process.kill(${pid}, ${nameOf(signal)})`);
    return kill(pid, signal);
  });
  process.on('uncaughtException', (error) => contain(error, 'uncaught exception', report));
  process.on('unhandledRejection', (reason) => contain(reason, 'unhandled rejection', report));
  return (code) => {
    replace('reallyExit', reallyExit);
    try {
      return exit(code);
    } finally {
      // A listener to `exit` that throws, for instance by process.exit(), must not keep the worker.
      reallyExit(code);
    }
  };
}

function refuse(what: string): never {
  const error = new SystemExit(`${what} was called`);
  // The work fails even where user code catches what is thrown here.
  const origin = origins.getStore();
  if (origin?.isActive) origin.fail(error);
  throw error;
}

function contain(error: unknown, what: string, report: Report): void {
  const origin = origins.getStore();
  if (origin?.isActive) origin.fail(error);
  else report(`${what} outside a prediction: ${userStack(error)}`);
}

type Anything = (...args: unknown[]) => unknown;

/** For functions of `process` that have no types. Returns the one that was there. */
function replace(name: string, by: Anything): Anything {
  const original: unknown = Reflect.get(process, name);
  Reflect.set(process, name, by);
  return (...args) => (typeof original === 'function' ? Reflect.apply(original, process, args) : undefined);
}

/** Itself, its process group, which it leads, or everything it may signal. */
function reachesWorker(pid: unknown): boolean {
  return [process.pid, 0, -process.pid, -1].includes(Number(pid));
}

const HARMLESS: readonly unknown[] = [
  0,
  constants.signals.SIGCHLD,
  constants.signals.SIGCONT,
  constants.signals.SIGURG,
  constants.signals.SIGWINCH,
];

/** User code may listen to a signal and send it to itself. */
function endsProcess(signal: unknown): boolean {
  const name = nameOf(signal);
  return !HARMLESS.includes(signal) && process.listenerCount(name) === 0;
}

function nameOf(signal: unknown): string {
  const found = Object.entries(constants.signals).find(([, number]) => number === signal);
  return found === undefined ? String(signal) : found[0];
}
