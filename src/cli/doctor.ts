// `pawl doctor`: whether this machine can run predictions. The findings go to stdout; the checks are src/doctor.
import { systemClock } from '../base/clock.ts';
import type { Config } from '../config.ts';
import { examine } from '../doctor/examine.ts';
import { type Finding, failure, ok } from '../doctor/finding.ts';
import { isUsable, reportAsJson, reportAsText } from '../doctor/report.ts';
import { PawlError } from '../errors.ts';
import { describePredictor } from '../server/supervisor/describe.ts';
import { commandLog, Transcript } from './command-log.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { watchInterruption } from './interruption.ts';
import { findPredictor } from './predictor-reference.ts';
import type { DoctorCall } from './program.ts';
import { readConfig } from './read-config.ts';

/** A machine can be examined without a predictor. */
const NO_PREDICTOR = { path: '', exportName: null };

export async function runDoctor({ reference, flags, format }: DoctorCall): Promise<ExitCode> {
  const sources = { command: 'doctor', flags, environment: process.env, stderrIsTerminal: false } as const;
  const predictor = reference === undefined ? NO_PREDICTOR : findPredictor(reference, 'predict', process.env);
  const { value: config, warnings } = readConfig(sources, predictor);
  for (const warning of warnings) process.stderr.write(`pawl: warning: ${warning}\n`);
  using interruption = watchInterruption();
  const findings = await interruption.cut(allFindings(config, reference));
  if (findings === null) return interruption.exitCode ?? EXIT.interrupted;
  process.stdout.write(format === 'json' ? reportAsJson(findings) : reportAsText(findings));
  return isUsable(findings) ? EXIT.ok : EXIT.failed;
}

async function allFindings(config: Config, reference: string | undefined): Promise<Finding[]> {
  const { workers, concurrency, workDir, inputFileBytesMax } = config;
  const plan = { workers, slots: concurrency ?? 1, workDir, inputFileBytesMax };
  const findings = await examine(plan, systemClock);
  // Where no worker can start, its failure would only say the same once more.
  if (reference === undefined || !isUsable(findings)) return findings;
  return [...findings, await tryPredictor(config, reference)];
}

async function tryPredictor(config: Config, reference: string): Promise<Finding> {
  const log = commandLog(new Transcript((text) => process.stderr.write(text)));
  try {
    await describePredictor(config, log);
    return ok('predictor', `${reference} loads; setup() was not run`);
  } catch (error) {
    if (!(error instanceof PawlError)) throw error;
    return failure(
      'predictor',
      `${reference}: ${error.message}`,
      'Mend the predictor; the message says where.',
    );
  }
}
