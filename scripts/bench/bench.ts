// One run: what was chosen, and what has been measured so far. A contender or scenario that fails is written down and
// the run goes on.
import type { Contender } from './contender.ts';
import type { Failure, Measurement } from './recording.ts';
import { median } from './statistics.ts';

export interface Bench {
  readonly rounds: number;
  /** Those that can be had on this machine and were asked for, Pawl first. */
  readonly contenders: readonly Contender[];
  readonly measurements: Measurement[];
  readonly failures: Failure[];
  /** SVG files by name. */
  readonly pictures: Map<string, string>;
  say(line: string): void;
}

export interface Scenario {
  readonly name: string;
  /** For the heading above its tables. */
  readonly title: string;
  /** What a reader of its tables has to know. */
  readonly about: string;
  run(bench: Bench): Promise<void>;
}

/** What was measured of one subject in one round. */
export interface Round {
  readonly [figure: string]: number;
}

interface Subject {
  readonly name: string;
  start(): Promise<Started>;
}

interface Started {
  measure(round: number): Promise<Round>;
  stop(): Promise<void>;
}

export interface SideBySide {
  readonly scenario: string;
  readonly situation: string;
  readonly subjects: readonly Subject[];
  readonly rounds?: number;
  /** Turns that each subject has in a round; the median of them counts. One unless told otherwise. */
  readonly turns?: number;
}

/**
 * Starts all subjects, then gives each its turn in every round, in an order that is reversed every other time, so that
 * none profits from a quiet moment of the machine. A subject that fails once is out: its rounds would not pair.
 */
export async function sideBySide(bench: Bench, plan: SideBySide): Promise<void> {
  const { scenario, situation, rounds = bench.rounds, turns = 1 } = plan;
  const fail = (subject: string, error: unknown) => {
    bench.say(`${scenario} ${situation} ${subject}: FAILED: ${error}`);
    bench.failures.push({ scenario, situation, subject, reason: reasonOf(error) });
  };
  const running = new Map<string, Started>();
  const found = new Map<string, Map<string, number[]>>();
  try {
    for (const { name, start } of plan.subjects) {
      try {
        running.set(name, await start());
        found.set(name, new Map());
      } catch (error) {
        fail(name, error);
      }
    }
    for (let turn = 0; turn < rounds * turns; turn++) {
      const round = Math.floor(turn / turns);
      const order = [...running];
      if (turn % 2 === 1) order.reverse();
      for (const [name, subject] of order) {
        try {
          const figures = await subject.measure(round);
          bench.say(`${scenario} ${situation} ${round + 1}/${rounds} ${name}: ${describe(figures)}`);
          add(found.get(name), figures);
        } catch (error) {
          fail(name, error);
          found.delete(name);
          running.delete(name);
          await subject.stop().catch((cause) => fail(name, cause));
        }
      }
    }
  } finally {
    for (const [name, subject] of running) await subject.stop().catch((cause) => fail(name, cause));
  }
  for (const [subject, figures] of found) {
    const medians = [...figures].map(([figure, values]) => [figure, mediansOf(values, turns)] as const);
    bench.measurements.push({ scenario, situation, subject, figures: Object.fromEntries(medians) });
  }
}

function add(known: Map<string, number[]> | undefined, figures: Round): void {
  for (const [figure, value] of Object.entries(figures)) {
    const values = known?.get(figure) ?? [];
    values.push(value);
    known?.set(figure, values);
  }
}

/** One of every `turns` values. */
function mediansOf(values: readonly number[], turns: number): number[] {
  const rounds = Array.from({ length: values.length / turns }, (_, round) => round * turns);
  return rounds.map((start) => median(values.slice(start, start + turns)));
}

function describe(figures: Round): string {
  return Object.entries(figures)
    .map(([figure, value]) => `${figure} ${Number(value.toPrecision(4))}`)
    .join(', ');
}

/** One line: what a table can hold. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').slice(0, 300);
}
