// One lane of races on a running engine: race, cancel at its moment, then a canary, one after the other. A fleet has as
// many lanes as slots. Stops at the first violation and says which race it was.
import { setImmediate as turn } from 'node:timers/promises';
import { assert } from '../../src/base/assert.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { isInMemory } from '../../src/server/payload/stored-value.ts';
import type { PredictionEvent, PredictionObserver } from '../../src/server/prediction/events.ts';
import type { Prediction } from '../../src/server/prediction/prediction.ts';
import { type Account, emptyAccount, judgeCanary, judgeRace } from './race-judge.ts';
import { drawRace, type Race, type Random, type WayName } from './race-plan.ts';
import type { SoakEngine } from './soak-engine.ts';

const HISTORY_MAX = 12;
// The ladder's first timer cannot be shorter than this, so an interrupt arrives that much after its cancel.
const INTERRUPT_AFTER_MS = 1.1;

export interface Tally {
  races: number;
  acknowledged: number;
  refused: number;
  readonly moments: { [moment: string]: number };
}

export class Violation extends Error {}

export class RaceLane {
  readonly #engine: SoakEngine;
  readonly #name: string;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #history: string[] = [];
  /** Beyond its `ms`, how long a prediction of this way takes: so that a cancel can be aimed at its end. */
  readonly #overheadMs = new Map<WayName, number>();
  #number = 0;

  constructor(engine: SoakEngine, name: string, random: Random, tally: Tally) {
    this.#engine = engine;
    this.#name = name;
    this.#random = random;
    this.#tally = tally;
  }

  get history(): readonly string[] {
    return this.#history;
  }

  async next(): Promise<void> {
    this.#number += 1;
    const race = drawRace(`${this.#name}-${this.#number}`, this.#random);
    this.#note(JSON.stringify(race));
    const seen = await this.#race(race);
    this.#note(JSON.stringify(seen));
    const canaryTag = `${race.tag}c`;
    const canary = await this.#canary(race.idAgain ? race.id : canaryTag, canaryTag);
    const found = [...judgeRace(race, seen), ...judgeCanary(canaryTag, canary), ...this.#engine.complaints()];
    this.#tally.races += 1;
    this.#tally.acknowledged += seen.acknowledged ? 1 : 0;
    this.#tally.moments[race.moment] = (this.#tally.moments[race.moment] ?? 0) + 1;
    if (found.length > 0) throw new Violation(`race ${race.tag}: ${found.join('; ')}`);
  }

  async #race(race: Race): Promise<Account> {
    const { id, tag, way, ms, moment } = race;
    const seen = emptyAccount();
    const cancel = () => {
      seen.acknowledged = this.#engine.cancel(id) || seen.acknowledged;
    };
    const began = performance.now();
    const prediction = await this.#submit(id, { way, tag, ms }, seen, (event) => {
      if (isMoment(race, event, seen)) cancel();
    });
    await this.#cancelInTime(race, began, seen, cancel);
    await this.#engine.ended(prediction);
    if (moment === 'never') {
      const overhead = performance.now() - began - ms;
      this.#overheadMs.set(way, 0.8 * (this.#overheadMs.get(way) ?? overhead) + 0.2 * overhead);
    }
    finish(seen, prediction);
    // Whoever still holds it may ask again; the id may belong to another one soon.
    if (prediction.cancel()) seen.status = `${seen.status}, and could still be canceled`;
    return seen;
  }

  async #cancelInTime(race: Race, began: number, seen: Account, cancel: () => void): Promise<void> {
    const { moment, ms, way, at, again } = race;
    const totalMs = ms + (this.#overheadMs.get(way) ?? 1);
    const isOver = () => seen.completed > 0;
    const until = (afterMs: number) => turnsUntil(began + afterMs, isOver);
    if (moment === 'atStart') cancel();
    if (moment === 'during' || moment === 'twice') {
      await until(at * (totalMs + 0.5));
      cancel();
    }
    if (moment === 'twice') {
      await until(again * (totalMs + 0.5));
      cancel();
    }
    if (moment === 'atEnd') {
      // Half of them let the signal arrive at the end, the others the interrupt.
      await until(totalMs - (again < 0.5 ? 0 : INTERRUPT_AFTER_MS) + (at - 0.7) * 0.6);
      cancel();
    }
  }

  async #canary(id: string, tag: string): Promise<Account> {
    const seen = emptyAccount();
    const prediction = await this.#submit(id, { way: 'canary', tag }, seen, () => {});
    await this.#engine.ended(prediction);
    finish(seen, prediction);
    return seen;
  }

  async #submit(
    id: string,
    input: JsonObject,
    seen: Account,
    react: (event: PredictionEvent) => void,
  ): Promise<Prediction> {
    const observer: PredictionObserver = (event) => {
      if (seen.completed > 0) seen.late += 1;
      if (event.type === 'completed') seen.completed += 1;
      if (event.type === 'log') seen[event.stream].push(event.data);
      react(event);
    };
    for (;;) {
      const prediction = await this.#engine.submit(id, input, [observer]);
      if (prediction !== null) return prediction;
      this.#tally.refused += 1;
      await turn();
    }
  }

  #note(text: string): void {
    this.#history.push(text);
    if (this.#history.length > 2 * HISTORY_MAX) this.#history.splice(0, 2);
  }
}

/** The moments that are events, not times. */
function isMoment({ moment, at }: Race, event: PredictionEvent, seen: Account): boolean {
  if (moment === 'beforeStart') return event.type === 'start';
  if (moment === 'afterEnd') return event.type === 'completed';
  if (moment === 'atOutput') return event.type === 'output' && event.index >= Math.floor(at * 3);
  if (moment === 'atLog') return event.type === 'log' && seen.stdout.length > at * 3;
  return false;
}

function finish(seen: Account, prediction: Prediction): void {
  seen.status = prediction.status;
  seen.failure = prediction.failure?.text ?? null;
  const { output } = prediction;
  assert(output === undefined || isInMemory(output), 'these outputs are small');
  seen.output = output;
  seen.logs = prediction.logs.text;
}

/** Finer than a timer can be, and the sockets are read meanwhile. */
async function turnsUntil(time: number, isOver: () => boolean): Promise<void> {
  while (performance.now() < time && !isOver()) await turn();
}
