// Tables of what was measured: medians, and ratios to Pawl taken round by round. Pure.
import { table } from '../../markdown.ts';
import { type Measurement, measurementsOf, type Recording, ratioOf, situationsOf } from '../recording.ts';
import { median } from '../statistics.ts';
import { judge } from './goals.ts';
import { short } from './short.ts';

/** The subject that others are compared with. */
const OURS = 'pawl';

const FIGURES: Readonly<Record<string, string>> = {
  perSecond: 'per second',
  p50Micros: 'p50 µs',
  p99Micros: 'p99 µs',
  serverMicros: 'server CPU µs',
  workerMicros: 'worker CPU µs',
  p50Ms: 'p50 ms',
  p99Ms: 'p99 ms',
  firstMs: 'first event ms',
  worstMs: 'slowest ms',
  serverCpuMs: 'server CPU ms',
  workerCpuMs: 'worker CPU ms',
  serverPeakMiB: 'server peak MiB',
  serverIdleMiB: 'server idle MiB',
  workerIdleMiB: 'worker idle MiB',
  serverLoadedMiB: 'server loaded MiB',
  workerLoadedMiB: 'worker loaded MiB',
  firstMicros: 'first CPU µs',
  lastMicros: 'last CPU µs',
  lastToFirst: 'last to first',
  rate: 'asked per second',
  answered: 'answered per second',
  lateP99Ms: 'generator late ms',
  micros: 'CPU µs',
};

/** Of these a ratio says nothing. */
const WITHOUT_RATIO = ['errors', 'lastToFirst', 'micros'];

/** Every table there is, for the terminal; the goals where all was measured. */
export function tables(recording: Recording, goals: 'with goals' | 'without goals'): string[] {
  const scenarios = [...new Set(recording.measurements.map(({ scenario }) => scenario))];
  const measured = scenarios.flatMap((scenario) =>
    situationsOf(recording, scenario).flatMap((situation) => [
      '',
      `${scenario}, ${situation}`,
      ...situationTable(recording, scenario, situation),
    ]),
  );
  return goals === 'with goals' ? [...measured, '', ...goalTable(recording)] : measured;
}

export function goalTable(recording: Recording): string[] {
  const rows = judge(recording).map(({ what, goal, measured, verdict }) => [what, goal, measured, verdict]);
  return table(['what', 'goal', 'measured', ''], rows);
}

/** One line a subject: the median of each figure, and in brackets what it is to ours. */
export function situationTable(recording: Recording, scenario: string, situation: string): string[] {
  const measured = measurementsOf(recording, scenario, situation);
  const figures = [...new Set(measured.flatMap((one) => Object.keys(one.figures)))];
  return table(
    ['', ...figures.map((figure) => FIGURES[figure] ?? figure)],
    measured.map((one) => [one.subject, ...figures.map((figure) => cell(recording, one, figure))]),
  );
}

/** One line a round, where the rounds are not the same thing again. */
export function stepTable(measured: readonly Measurement[]): string[] {
  const figures = Object.keys(measured[0]?.figures ?? {});
  const rows = measured.flatMap(({ subject, figures: values }) =>
    (values[figures[0] ?? ''] ?? []).map((_, step) => [
      subject,
      ...figures.map((figure) => short(values[figure]?.[step] ?? Number.NaN)),
    ]),
  );
  return table(['', ...figures.map((figure) => FIGURES[figure] ?? figure)], rows);
}

function cell(recording: Recording, one: Measurement, figure: string): string {
  const values = one.figures[figure];
  if (values === undefined) return '';
  const shown = short(median(values));
  if (one.subject === OURS || WITHOUT_RATIO.includes(figure)) return shown;
  const ratio = ratioOf(recording, { ...one, figure }, { ...one, subject: OURS, figure });
  return ratio === null || !Number.isFinite(ratio.median) ? shown : `${shown} (${ratio.median.toFixed(2)}×)`;
}
