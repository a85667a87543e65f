// The `pawl` command: loads the command that is asked for, and turns whatever goes wrong into one line and an exit
// code. No stack of ours reaches the user unless PAWL_DEBUG=1 asks for it.
import type { Writable } from 'node:stream';
import { type EarlyWorker, offerEarlyWorker } from '../server/supervisor/early-worker.ts';
import { PAWL_VERSION } from '../version.ts';
import type { ExitCode } from './exit-codes.ts';
import { describeFailure } from './failure.ts';
import { type CommandTable, runProgram } from './program.ts';

const COMMANDS: CommandTable = {
  serve: async (call) => (await import('./serve.ts')).runServe(call),
  predict: async (call) => (await import('./predict.ts')).runTask('predict', call),
  train: async (call) => (await import('./predict.ts')).runTask('train', call),
  schema: async (call) => (await import('./schema.ts')).runSchema(call),
  doctor: async (call) => (await import('./doctor.ts')).runDoctor(call),
};

async function run(): Promise<ExitCode> {
  try {
    return await runProgram(process.argv.slice(2), COMMANDS, {
      version: PAWL_VERSION,
      print: (text) => process.stdout.write(text),
    });
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): ExitCode {
  const { text, exitCode } = describeFailure(error, process.env);
  process.stderr.write(text);
  return exitCode;
}

/** Everything written so far is on its way; also resolves when nobody reads any more. */
function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

// A reader that went away (`pawl schema … | head`) is no failure of ours, and must not become a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error: unknown) => process.exit(report(error)));
}

export async function main(worker: EarlyWorker | null): Promise<void> {
  offerEarlyWorker(worker);
  const exitCode = await run();
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // Not left to an empty event loop: a handle that somebody forgot would keep the command alive.
  process.exit(exitCode);
}
