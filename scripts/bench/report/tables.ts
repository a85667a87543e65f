// Tables of what was measured: medians, and ratios to Pawl taken round by round. Pure.
import { table } from '../../markdown.ts';
import { type Measurement, measurementsOf, type Recording, ratioOf, situationsOf } from '../recording.ts';
import { median } from '../statistics.ts';

/** The subject that others are compared with. */
const OURS = 'pawl';

/** Every table there is, as plain as possible: for the terminal. */
export function tables(recording: Recording): string[] {
  const scenarios = [...new Set(recording.measurements.map(({ scenario }) => scenario))];
  return scenarios.flatMap((scenario) =>
    situationsOf(recording, scenario).flatMap((situation) => [
      '',
      `${scenario}, ${situation}`,
      ...situationTable(recording, scenario, situation),
    ]),
  );
}

/** One line a subject: the median of each figure, and in brackets what it is to ours. */
export function situationTable(recording: Recording, scenario: string, situation: string): string[] {
  const measured = measurementsOf(recording, scenario, situation);
  const figures = [...new Set(measured.flatMap((one) => Object.keys(one.figures)))];
  return table(
    ['', ...figures],
    measured.map((one) => [one.subject, ...figures.map((figure) => cell(recording, one, figure))]),
  );
}

function cell(recording: Recording, one: Measurement, figure: string): string {
  const values = one.figures[figure];
  if (values === undefined) return '';
  const shown = short(median(values));
  const ratio =
    one.subject === OURS ? null : ratioOf(recording, { ...one, figure }, { ...one, subject: OURS, figure });
  if (ratio === null || !Number.isFinite(ratio.median)) return shown;
  return `${shown} (${ratio.median.toFixed(2)}×)`;
}

/** Three digits are more than such a measurement holds. */
export function short(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
