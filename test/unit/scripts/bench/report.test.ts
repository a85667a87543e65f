import { describe, expect, it } from 'vitest';
import type { Measurement, Recording } from '../../../../scripts/bench/recording.ts';
import { GOALS, judge } from '../../../../scripts/bench/report/goals.ts';
import { page } from '../../../../scripts/bench/report/page.ts';
import { openLoopPlot, throughputPlot } from '../../../../scripts/bench/report/plots.ts';
import { short } from '../../../../scripts/bench/report/short.ts';
import { situationTable } from '../../../../scripts/bench/report/tables.ts';
import { SCENARIOS } from '../../../../scripts/bench/scenarios.ts';

function recording(measurements: readonly Measurement[], more: Partial<Recording> = {}): Recording {
  return {
    machine: { memory: '4 GiB' },
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 600,
    rounds: 3,
    chapters: SCENARIOS.map(({ name, title, about }) => ({ name, title, about })),
    contestants: [{ name: 'pawl', what: 'Pawl', missing: null }],
    measurements,
    failures: [],
    ...more,
  };
}

const small = (subject: string, connections: number, perSecond: readonly number[]): Measurement => ({
  scenario: 'small',
  situation: `c=${connections}`,
  subject,
  figures: { perSecond, serverMicros: perSecond.map((value) => 1e6 / value) },
});

const toCoglet = 'throughput of small predictions, to coglet';
const verdictOf = (run: Recording, what: string) => judge(run).find((goal) => goal.what === what);

describe('the goals of the benchmark', () => {
  const enough = [small('pawl', 8, [300, 30, 310]), small('coglet', 8, [100, 10, 100])];

  it('are reached by the median of the ratios inside a round', () => {
    const run = recording([...enough, small('pawl', 64, [9, 9, 9]), small('coglet', 64, [3, 3, 3])]);
    expect(verdictOf(run, toCoglet)).toEqual({
      what: toCoglet,
      goal: '≥ 3×',
      measured: 'c=8: 3.00× (3.00–3.10), c=64: 3.00×',
      verdict: 'reached',
      takes: null,
    });
  });

  it('are followed by what it would take, where they are not reached', () => {
    const ofFastify = 'CPU of the server for one prediction, to Fastify with no worker';
    const takes = verdictOf(recording(enough), ofFastify)?.takes ?? '';
    expect(takes).toMatch(/It would take/);
    expect(page(recording(enough), [])).toContain(`- **${ofFastify}.** ${takes}`);
  });

  it('are not reached where one of their figures is not', () => {
    const run = recording([...enough, small('pawl', 64, [8, 8, 8]), small('coglet', 64, [3, 3, 3])]);
    expect(verdictOf(run, toCoglet)).toMatchObject({
      measured: 'c=8: 3.00× (3.00–3.10), c=64: 2.67×',
      verdict: 'not reached',
    });
  });

  it('are not called reached where something was not measured, or not as often', () => {
    expect(verdictOf(recording(enough), toCoglet)).toMatchObject({
      measured: 'c=8: 3.00× (3.00–3.10), c=64: –',
      verdict: 'not measured',
    });
    const uneven = [small('pawl', 8, [300]), small('coglet', 8, [100, 10])];
    expect(verdictOf(recording(uneven), toCoglet)?.verdict).toBe('not measured');
  });

  it('name scenarios that exist', () => {
    const names = SCENARIOS.map(({ name }) => name);
    for (const { parts } of GOALS) for (const { of } of parts) expect(names).toContain(of.scenario);
  });
});

describe('the page of the benchmark', () => {
  const run = recording([small('pawl', 8, [300, 30, 310]), small('coglet', 8, [100, 10, 100])], {
    contestants: [
      { name: 'pawl', what: 'Pawl', missing: null },
      { name: 'BentoML', what: 'BentoML', missing: 'pip could not install it' },
    ],
    failures: [{ scenario: 'json', situation: '16 MiB', subject: 'coglet', reason: 'no `whole` answer' }],
  });

  it('gives medians, and what each is to ours', () => {
    expect(situationTable(run, 'small', 'c=8')).toEqual([
      '|  | per second | server CPU µs |',
      '| --- | --- | --- |',
      '| pawl | 300 | 3,333 |',
      '| coglet | 100 (0.33×) | 10,000 (3.00×) |',
    ]);
  });

  it('says who took no part and what could not be measured', () => {
    const text = page(run, []);
    expect(text).toContain('| BentoML | BentoML | no: pip could not install it |');
    expect(text).toContain("| json 16 MiB | coglet | `no 'whole' answer` |");
  });

  it('shows the pictures that there are', () => {
    expect(page(run, ['throughput.svg'])).toContain('(benchmarks/throughput.svg)');
    expect(page(run, [])).not.toContain('.svg)');
  });

  it('is the same for the same recording', () => {
    expect(page(run, [])).toBe(page(structuredClone(run), []));
  });
});

describe('the plots of the benchmark', () => {
  it('have a bar for each contender, as long as its share of the fastest', () => {
    const picture = throughputPlot(recording([small('pawl', 8, [300]), small('coglet', 8, [100])])) ?? '';
    expect(picture).toContain('width="540"');
    expect(picture).toContain('width="180"');
  });

  it('have two curves for each contender of the open loop, and skip what was not answered', () => {
    const figures = { rate: [10, 100, 1_000], p50Ms: [1, 2, Number.NaN], p99Ms: [5, 20, 100] };
    const measured = { scenario: 'open-loop', situation: 'echo', subject: 'pawl', figures };
    const curves = openLoopPlot(recording([measured]))?.match(/points="[^"]*"/g) ?? [];
    expect(curves.map((points) => points.split(' ').length)).toEqual([2, 3]);
  });

  it('are left out where nothing was measured', () => {
    expect(throughputPlot(recording([]))).toBeNull();
    expect(openLoopPlot(recording([]))).toBeNull();
  });
});

describe('figures', () => {
  it.each([
    [0, '0'],
    [0.00123456, '0.00123'],
    [12.345, '12.3'],
    [1234.5, '1,235'],
    [Number.NaN, '–'],
  ])('%d is shown as %s', (value, shown) => expect(short(value)).toBe(shown));
});
