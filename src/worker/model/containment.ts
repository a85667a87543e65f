// What must not end the worker: process.exit() and process.abort() in user code, errors nobody caught, rejections
// nobody handled. Each fails the work it came from, or is reported when that work is over.
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
  const refuse = (what: string): never => {
    const error = new SystemExit(`${what} was called`);
    // The work fails even where user code catches what is thrown here.
    const origin = origins.getStore();
    if (origin?.isActive) origin.fail(error);
    throw error;
  };
  process.exit = (code) => refuse(`process.exit(${code ?? ''})`);
  process.abort = () => refuse('process.abort()');
  process.on('uncaughtException', (error) => contain(error, 'uncaught exception', report));
  process.on('unhandledRejection', (reason) => contain(reason, 'unhandled rejection', report));
  return exit;
}

function contain(error: unknown, what: string, report: Report): void {
  const origin = origins.getStore();
  if (origin?.isActive) origin.fail(error);
  else report(`${what} outside a prediction: ${userStack(error)}`);
}
