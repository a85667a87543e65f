// Races in one worker from start to end: as many lanes as slots, in rounds, with the worker's figures held to a bound
// between the rounds.

import { RaceLane, type Tally, Violation } from './race-lane.ts';
import { randomFrom } from './race-plan.ts';
import { type Figures, SoakEngine } from './soak-engine.ts';

const ROUNDS = 20;
const MiB = 1024 * 1024;

/** How much a worker may hold beyond what it held after the first round. */
export const BOUNDS = {
  heapUsed: 8 * MiB,
  rss: 96 * MiB,
  descriptorsPerSlot: 4,
  listeners: 0,
  idleLoad: 0.25,
} as const;

export interface SoakPlan {
  readonly slots: number;
  readonly races: number;
  readonly seed: number;
  readonly workDir: string;
  readonly report: (line: string) => void;
}

export interface SoakResult extends Tally {
  readonly slots: number;
  readonly seconds: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly before: Figures;
  readonly after: Figures;
}

/** @throws Violation */
export async function soak({ slots, races, seed, workDir, report }: SoakPlan): Promise<SoakResult> {
  const began = performance.now();
  const tally: Tally = { races: 0, acknowledged: 0, refused: 0, moments: {} };
  const engine = await SoakEngine.start(slots, workDir);
  try {
    const lanes = Array.from({ length: slots }, (_, i) => {
      return new RaceLane(engine, `s${slots}l${i}`, randomFrom(seed * 4096 + slots * 64 + i), tally);
    });
    const first = await engine.figures();
    let before = first;
    let after = first;
    for (let round = 1; round <= ROUNDS; round += 1) {
      await runRound(lanes, tally, Math.round((races * round) / ROUNDS));
      const left = await engine.leftovers(first.pid);
      if (left !== null) throw new Violation(`after ${tally.races} races: ${left}`);
      after = await engine.figures();
      if (round === 1) before = after;
      const grown = growth(before, after, slots);
      if (after.pid !== first.pid) grown.push(`worker ${first.pid} was replaced by ${after.pid}`);
      const load = await engine.idleLoad(first.pid);
      if (load > BOUNDS.idleLoad)
        grown.push(`the idle worker uses ${Math.round(load * 100)} % of a processor`);
      if (grown.length > 0) throw new Violation(`after ${tally.races} races: ${grown.join('; ')}`);
      report(progress(slots, tally, after));
    }
    const complaints = engine.complaints();
    if (complaints.length > 0) throw new Violation(complaints.join('; '));
    const seconds = (performance.now() - began) / 1000;
    return { ...tally, slots, seconds, stages: engine.stages, before, after };
  } finally {
    await engine.stop();
  }
}

async function runRound(lanes: readonly RaceLane[], tally: Tally, until: number): Promise<void> {
  let failure: unknown = null;
  const run = async (lane: RaceLane) => {
    while (failure === null && tally.races < until) await lane.next();
  };
  const attempt = (lane: RaceLane) =>
    run(lane).catch((error: unknown) => {
      failure ??= new Violation(
        `${error instanceof Violation ? error.message : String(error)}\nhistory of its lane, newest last:\n` +
          lane.history.join('\n'),
      );
    });
  await Promise.all(lanes.map(attempt));
  if (failure !== null) throw failure;
}

function growth(before: Figures, after: Figures, slots: number): string[] {
  const bounds = { ...BOUNDS, descriptors: BOUNDS.descriptorsPerSlot * slots };
  return (['heapUsed', 'rss', 'descriptors', 'listeners'] as const)
    .filter((name) => after[name] > before[name] + bounds[name])
    .map((name) => `${name} of the worker grew from ${before[name]} to ${after[name]}`);
}

function progress(
  slots: number,
  { races, acknowledged }: Tally,
  { rss, heapUsed, descriptors }: Figures,
): string {
  const held = `${Math.round(rss / MiB)} MiB RSS, ${(heapUsed / MiB).toFixed(1)} MiB heap, ${descriptors} descriptors`;
  return `${slots} slots: ${races} races, ${acknowledged} cancels acknowledged; worker ${held}`;
}
