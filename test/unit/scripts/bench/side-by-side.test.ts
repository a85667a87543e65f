import { describe, expect, it } from 'vitest';
import { type Bench, sideBySide } from '../../../../scripts/bench/bench.ts';

function bench(rounds: number): Bench {
  return { rounds, contenders: [], measurements: [], failures: [], pictures: new Map(), say: () => {} };
}

function subject(name: string, log: string[], measure = async (round: number) => ({ value: round })) {
  return {
    name,
    start: async () => ({
      measure: async (round: number) => {
        log.push(`${name}${round}`);
        return measure(round);
      },
      stop: async () => void log.push(`stop ${name}`),
    }),
  };
}

describe('measuring side by side', () => {
  it('gives each its turn in every round, and turns the order round', async () => {
    const log: string[] = [];
    const run = bench(3);
    const subjects = [subject('a', log), subject('b', log)];
    await sideBySide(run, { scenario: 's', situation: 'x', subjects });
    expect(log).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2', 'stop a', 'stop b']);
    expect(run.measurements).toEqual([
      { scenario: 's', situation: 'x', subject: 'a', figures: { value: [0, 1, 2] } },
      { scenario: 's', situation: 'x', subject: 'b', figures: { value: [0, 1, 2] } },
    ]);
  });

  it('gives each several turns in a round where it is told to, and keeps their medians', async () => {
    const log: string[] = [];
    const run = bench(2);
    const values = [5, 900, 7, 20, 1, 30];
    const a = subject('a', log, async () => ({ value: values.shift() ?? 0 }));
    await sideBySide(run, { scenario: 's', situation: 'x', subjects: [a, subject('b', log)], turns: 3 });
    expect(log).toEqual([
      'a0',
      'b0',
      'b0',
      'a0',
      'a0',
      'b0',
      'b1',
      'a1',
      'a1',
      'b1',
      'b1',
      'a1',
      'stop a',
      'stop b',
    ]);
    expect(run.measurements[0]?.figures).toEqual({ value: [7, 20] });
  });

  it('writes down who does not start, and measures the others', async () => {
    const log: string[] = [];
    const run = bench(1);
    const broken = { name: 'a', start: () => Promise.reject(new Error('no such program\n  at spawn')) };
    await sideBySide(run, { scenario: 's', situation: 'x', subjects: [broken, subject('b', log)] });
    expect(run.failures).toEqual([
      { scenario: 's', situation: 'x', subject: 'a', reason: 'no such program' },
    ]);
    expect(run.measurements.map((one) => one.subject)).toEqual(['b']);
  });

  it('stops who fails in a round, and drops its rounds', async () => {
    const log: string[] = [];
    const run = bench(3);
    const failing = subject('a', log, async (round) => {
      if (round === 1) throw new Error('it fell over');
      return { value: 1 };
    });
    await sideBySide(run, { scenario: 's', situation: 'x', subjects: [failing, subject('b', log)] });
    expect(log).toEqual(['a0', 'b0', 'b1', 'a1', 'stop a', 'b2', 'stop b']);
    expect(run.failures.map((one) => one.reason)).toEqual(['it fell over']);
    expect(run.measurements.map((one) => one.subject)).toEqual(['b']);
  });
});
