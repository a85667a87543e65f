// `pawl schema`: the OpenAPI document of a predictor on stdout. Loads it in a worker; its setup() never runs.
import { describePredictor } from '../server/supervisor/describe.ts';
import { commandLog, Transcript } from './command-log.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { watchInterruption } from './interruption.ts';
import { findPredictor } from './predictor-reference.ts';
import type { CommandCall } from './program.ts';
import { readConfig } from './read-config.ts';

export async function runSchema({ reference, flags }: CommandCall): Promise<ExitCode> {
  const sources = { command: 'schema', flags, environment: process.env, stderrIsTerminal: false } as const;
  const { value: config, warnings } = readConfig(sources, findPredictor(reference, 'predict', process.env));
  const log = commandLog(new Transcript((text) => process.stderr.write(text)));
  for (const warning of warnings) log.warn({}, warning);
  using interruption = watchInterruption();
  const description = await interruption.cut(describePredictor(config, log));
  if (description === null) return interruption.exitCode ?? EXIT.interrupted;
  process.stdout.write(`${JSON.stringify(description.document, null, 2)}\n`);
  return EXIT.ok;
}
