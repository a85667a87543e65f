// What one cancel race does, drawn from a seed: which way the prediction goes (test/fixtures/predictors/races.mjs), when
// it is canceled, and what it must give. Knows nothing of processes.
import type { Json } from '../../src/base/json.ts';

export const MOMENTS = [
  'never',
  'beforeStart',
  'atStart',
  'during',
  'atEnd',
  'atOutput',
  'atLog',
  'twice',
  'afterEnd',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** What a way writes and returns when nobody cancels it, and what it may write besides when somebody does. */
interface Way {
  readonly weight: number;
  readonly output: Json;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly whenCanceled?: readonly string[];
}

const parts = ['one', 'two', 'three'];

/** Texts go after the tag of the race. */
export const WAYS = {
  instant: { weight: 40, output: 'done', stdout: [], stderr: [] },
  busy: { weight: 40, output: 'done', stdout: ['begin'], stderr: [] },
  wait: { weight: 30, output: 'done', stdout: ['end'], stderr: [] },
  awaits: { weight: 30, output: 'done', stdout: parts, stderr: [] },
  generator: { weight: 30, output: parts, stdout: parts, stderr: [] },
  asyncGenerator: { weight: 30, output: parts, stdout: [], stderr: ['finally'] },
  boundary: { weight: 40, output: 'done', stdout: [], stderr: [], whenCanceled: ['cleanup true'] },
  prints: {
    weight: 40,
    output: 'done',
    stdout: ['0 é🦜', '2 é🦜', '4 é🦜'],
    stderr: ['1 é🦜', '3 é🦜', '5 é🦜'],
  },
  spawns: { weight: 2, output: 'done', stdout: ['end'], stderr: [] },
  ignores: { weight: 20, output: 'done', stdout: [], stderr: [], whenCanceled: ['heard'] },
} as const satisfies Readonly<Record<string, Way>>;
export type WayName = keyof typeof WAYS;

const WAY_NAMES = Object.keys(WAYS) as WayName[];
const WEIGHTS = WAY_NAMES.reduce((sum, name) => sum + WAYS[name].weight, 0);

export interface Race {
  readonly tag: string;
  readonly id: string;
  readonly way: WayName;
  /** How long the predictor takes, more or less. */
  readonly ms: number;
  readonly moment: Moment;
  /** From 0 to 1: where in its range the moment lies. */
  readonly at: number;
  /** The second one, where there are two. */
  readonly again: number;
  /** The next prediction has the same id. */
  readonly idAgain: boolean;
}

export type Random = () => number;

/** The same numbers for the same seed, everywhere. */
export function randomFrom(seed: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

export function drawRace(tag: string, random: Random): Race {
  const idAgain = random() < 0.3;
  return {
    tag,
    id: idAgain ? tag.replace(/-\d+$/, '') : tag,
    way: drawWay(random),
    ms: random() * 3,
    moment: MOMENTS[Math.floor(random() * MOMENTS.length)] ?? 'never',
    at: random(),
    again: random(),
    idAgain,
  };
}

function drawWay(random: Random): WayName {
  let left = random() * WEIGHTS;
  for (const name of WAY_NAMES) {
    left -= WAYS[name].weight;
    if (left < 0) return name;
  }
  return 'instant';
}

export function tagged(tag: string, value: Json): Json {
  return Array.isArray(value) ? value.map((text) => `${tag} ${text}`) : `${tag} ${value}`;
}
