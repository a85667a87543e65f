// Pictures of two scenarios: who answers how many, and latency over the rate of arrivals. Pure.
import { measurementsOf, type Recording, situationsOf } from '../recording.ts';
import { median } from '../statistics.ts';
import { short } from './short.ts';
import { line, round, svg, text } from './svg.ts';

const COLORS = ['#1f6fb4', '#d1495b', '#e39b3b', '#4a9d6f', '#8a6fb8', '#7a7a7a', '#2aa6a6', '#b0803c'];
const colorOf = (i: number) => COLORS[i % COLORS.length] ?? '#000';

const WIDTH = 760;
const LEFT = 130;
const RIGHT = 90;

/** A bar for each contender, by number of clients. */
export function throughputPlot(recording: Recording): string | null {
  const situations = situationsOf(recording, 'small');
  if (situations.length === 0) return null;
  const parts: string[] = [];
  let y = 24;
  for (const situation of situations) {
    parts.push(text(10, y, `small predictions per second, ${situation}`));
    y += 10;
    const bars = measurementsOf(recording, 'small', situation).map(({ subject, figures }) => {
      return { subject, value: median(figures.perSecond ?? []) };
    });
    const most = Math.max(...bars.map(({ value }) => value));
    bars.forEach(({ subject, value }, i) => {
      const width = (value / most) * (WIDTH - LEFT - RIGHT);
      const bar = `<rect x="${LEFT}" y="${y}" width="${round(width)}" height="14" fill="${colorOf(i)}"/>`;
      parts.push(text(LEFT - 8, y + 12, subject, 'end'), bar, text(LEFT + width + 6, y + 12, short(value)));
      y += 19;
    });
    y += 26;
  }
  return svg('Small predictions per second', [WIDTH, y - 10], parts);
}

interface Axis {
  readonly min: number;
  readonly max: number;
  readonly from: number;
  readonly to: number;
}

const HEIGHT = 440;
const TOP = 30;
const BOTTOM = 390;

/** Both axes logarithmic: rates and latencies of the contenders are far apart. */
export function openLoopPlot(recording: Recording): string | null {
  const measured = measurementsOf(recording, 'open-loop', 'echo');
  const rates = measured.flatMap(({ figures }) => figures.rate ?? []);
  const latencies = measured.flatMap(({ figures }) => [...(figures.p50Ms ?? []), ...(figures.p99Ms ?? [])]);
  const known = latencies.filter((ms) => Number.isFinite(ms) && ms > 0);
  if (rates.length === 0 || known.length === 0) return null;
  const x: Axis = { min: Math.min(...rates), max: Math.max(...rates), from: 60, to: WIDTH - 130 };
  const y: Axis = { min: Math.min(...known), max: Math.max(...known), from: BOTTOM, to: TOP };
  const parts = [
    text(10, 18, 'latency from when a request was due, ms: p50 (line) and p99 (dashes)'),
    ...ticks(x).flatMap((rate) => [
      line([at(x, rate), TOP], [at(x, rate), BOTTOM]),
      text(at(x, rate), BOTTOM + 16, short(rate), 'middle'),
    ]),
    ...ticks(y).flatMap((ms) => [
      line([x.from, at(y, ms)], [x.to, at(y, ms)]),
      text(x.from - 6, at(y, ms) + 4, short(ms), 'end'),
    ]),
    text((x.from + x.to) / 2, BOTTOM + 36, 'requests per second asked for', 'middle'),
  ];
  measured.forEach(({ subject, figures }, i) => {
    const points = (values: readonly number[] | undefined) =>
      (figures.rate ?? []).map((rate, step) => [rate, values?.[step] ?? Number.NaN] as const);
    parts.push(
      curve(points(figures.p50Ms), x, y, `stroke="${colorOf(i)}" stroke-width="2"`),
      curve(points(figures.p99Ms), x, y, `stroke="${colorOf(i)}" stroke-dasharray="5 4"`),
      `<rect x="${x.to + 12}" y="${TOP + i * 20}" width="12" height="12" fill="${colorOf(i)}"/>`,
      text(x.to + 30, TOP + i * 20 + 10, subject),
    );
  });
  return svg('Latency over the rate of arrivals', [WIDTH, HEIGHT], parts);
}

function curve(points: readonly (readonly [number, number])[], x: Axis, y: Axis, style: string): string {
  const shown = points
    .filter(([, ms]) => Number.isFinite(ms) && ms > 0)
    .map(([rate, ms]) => `${round(at(x, rate))},${round(at(y, ms))}`);
  return `<polyline points="${shown.join(' ')}" fill="none" ${style}/>`;
}

function at({ min, max, from, to }: Axis, value: number): number {
  const share = max > min ? Math.log(value / min) / Math.log(max / min) : 0.5;
  return from + share * (to - from);
}

/** 1, 3, 10, 30 … inside the axis. */
function ticks({ min, max }: Axis): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const digit of [1, 3]) {
      const value = digit * 10 ** power;
      if (value >= min && value <= max) found.push(value);
    }
  }
  return found;
}
