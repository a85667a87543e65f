// What one run of the benchmark found: the file that the page, the plots and the table of goals are made from. Pure.
import { ratioSpread, type Spread } from './statistics.ts';

/** One value a round. */
export interface Figures {
  readonly [figure: string]: readonly number[];
}

export interface Measurement {
  readonly scenario: string;
  /** What was asked of every subject alike: `c=8`. */
  readonly situation: string;
  /** Who was measured: the name of a contender. */
  readonly subject: string;
  readonly figures: Figures;
}

/** What should have been measured and was not. */
export interface Failure {
  readonly scenario: string;
  readonly situation: string;
  readonly subject: string;
  readonly reason: string;
}

export interface Contestant {
  readonly name: string;
  readonly what: string;
  /** Why it took no part; null where it did. */
  readonly missing: string | null;
}

export interface Chapter {
  readonly name: string;
  readonly title: string;
  readonly about: string;
}

export interface Recording {
  readonly machine: Readonly<Record<string, string>>;
  readonly startedAt: string;
  readonly seconds: number;
  readonly rounds: number;
  readonly chapters: readonly Chapter[];
  readonly contestants: readonly Contestant[];
  readonly measurements: readonly Measurement[];
  readonly failures: readonly Failure[];
}

/** Where a figure is to be found. */
export interface Place {
  readonly scenario: string;
  readonly situation: string;
  readonly subject: string;
  readonly figure: string;
}

export function valuesOf(recording: Recording, place: Place): readonly number[] | null {
  const found = recording.measurements.find(
    ({ scenario, situation, subject }) =>
      scenario === place.scenario && situation === place.situation && subject === place.subject,
  );
  return found?.figures[place.figure] ?? null;
}

/** The ratio of one to the other, round by round; null unless both were measured as often. */
export function ratioOf(recording: Recording, place: Place, base: Place): Spread | null {
  const values = valuesOf(recording, place);
  const others = valuesOf(recording, base);
  if (values === null || others === null || values.length !== others.length) return null;
  return ratioSpread(values, others);
}

/** The scenario's situations, in the order in which they were measured. */
export function situationsOf(recording: Recording, scenario: string): string[] {
  return unique(
    recording.measurements.filter((one) => one.scenario === scenario).map((one) => one.situation),
  );
}

export function measurementsOf(recording: Recording, scenario: string, situation: string): Measurement[] {
  return recording.measurements.filter((one) => one.scenario === scenario && one.situation === situation);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
