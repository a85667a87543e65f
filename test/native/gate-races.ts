// The races of test/fixtures/native/interrupt-races.mjs and what must hold after them; for a test and for
// `npm run gate-races`.
import type { RunFixture } from './node-majors.ts';

export interface Races {
  readonly rounds: number;
  readonly seed: number;
  readonly deadlineMs: number;
}

export interface RaceReport {
  readonly rounds: number;
  /** What the interrupting thread was told that it had hit. */
  readonly delivered: number;
  /** Calls that ended as interrupted. */
  readonly canceled: number;
  readonly errors: readonly string[];
  readonly hits: Readonly<Record<string, number>>;
  readonly microtasks: number;
  readonly insideAtTheEnd: number;
}

export interface RaceOutcome {
  readonly report: RaceReport | null;
  /** What should not have happened, one sentence each. */
  readonly faults: readonly string[];
}

export async function raceGate(run: RunFixture, { rounds, seed, deadlineMs }: Races): Promise<RaceOutcome> {
  const { code, signal, stderr, reports } = await run('interrupt-races', {
    args: [String(rounds), String(seed)],
    deadlineMs,
  });
  const faults: string[] = [];
  if (code !== 0) faults.push(`the process ended with ${signal ?? code} (seed ${seed})`);
  if (stderr !== '') faults.push(`stderr: ${stderr}`);
  const report = isReport(reports[0]) ? reports[0] : null;
  if (report === null) return { report, faults: [...faults, `no report: ${JSON.stringify(reports)}`] };
  return {
    report,
    faults: [...faults, ...faultsOf(report, rounds).map((fault) => `seed ${seed}: ${fault}`)],
  };
}

function faultsOf(report: RaceReport, rounds: number): string[] {
  const faults = [...report.errors];
  if (report.rounds !== rounds) faults.push(`${report.rounds} rounds of ${rounds}`);
  if (report.delivered !== report.canceled) {
    faults.push(`${report.delivered} delivered, ${report.canceled} ended as interrupted`);
  }
  // Without enough of them the races show nothing.
  if (report.delivered < rounds / 5) faults.push(`only ${report.delivered} of ${rounds} rounds were hit`);
  if (report.microtasks !== rounds) faults.push(`${report.microtasks} microtasks of ${rounds} ran`);
  if (report.insideAtTheEnd !== 0) faults.push(`call ${report.insideAtTheEnd} is still inside`);
  return faults;
}

function isReport(value: unknown): value is RaceReport {
  return typeof value === 'object' && value !== null && 'delivered' in value;
}
