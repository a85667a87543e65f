// Whatever clients, workers and time do, in whatever order: what the service promises of every prediction.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PawlError } from '../../../../src/errors.ts';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import type { Prediction } from '../../../../src/server/prediction/prediction.ts';
import type { PredictionService } from '../../../../src/server/prediction/service.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { ScriptedFleet, type ScriptedRun } from '../../../helpers/scripted-fleet.ts';
import { serviceOn } from '../../../helpers/service.ts';

const REFUSALS = ['PAWL_AT_CAPACITY', 'PAWL_ID_IN_USE', 'PAWL_NOT_READY', 'PAWL_DEFUNCT'];
const SLOTS = 2;

type Step =
  | { readonly do: 'post' | 'put'; readonly id: number; readonly cancelAfterMs: number | null }
  | { readonly do: 'cancel'; readonly id: number }
  | { readonly do: 'end'; readonly run: number; readonly how: 'succeed' | 'fail' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'settle' | 'crash' | 'recover' };

interface Taken {
  readonly prediction: Prediction;
  readonly events: string[];
}

class World {
  readonly fleet = new ScriptedFleet(SLOTS);
  readonly clock = new ManualClock();
  readonly service: PredictionService;
  readonly taken: Taken[] = [];
  readonly started: Prediction[] = [];

  constructor(queue: number, freeing: 'at once' | 'later') {
    this.fleet.slots.freeing = freeing;
    this.service = serviceOn({ fleet: this.fleet, clock: this.clock, retention: 3, queue });
    this.fleet.becomeReady();
  }

  async do(step: Step): Promise<void> {
    switch (step.do) {
      case 'post':
      case 'put':
        return await this.#create(step);
      case 'cancel':
        this.service.cancel('predict', asPredictionId(`p${step.id}`));
        return;
      case 'end':
        if (step.how === 'succeed') this.#running()[step.run]?.succeed();
        else this.#running()[step.run]?.fail('Error', 'as asked');
        return;
      case 'wait':
        return this.clock.advance(step.ms);
      case 'settle':
        if (this.fleet.slots.settling > 0) this.fleet.slots.settle();
        return;
      case 'crash':
        return this.crash();
      case 'recover':
        if (this.fleet.status === 'recovering') this.fleet.slots.add(SLOTS);
        return this.fleet.becomeReady();
    }
  }

  crash(): void {
    if (this.fleet.status !== 'ready') return;
    const { slots } = this.fleet;
    // The slots go first, then the predictions on them end: nobody may be given one of them.
    const running = this.#running();
    slots.lose();
    this.fleet.become('recovering', new PawlError('PAWL_WORKER_CRASHED', 'killed'));
    for (const run of running) run.endLost();
  }

  check(): void {
    const { service, fleet } = this;
    for (const { prediction, events } of this.taken) {
      const completed = events.filter((type) => type === 'completed').length;
      expect(completed).toBe(prediction.isTerminal ? 1 : 0);
      if (completed === 1) expect(events.at(-1)).toBe('completed');
      expect(events.filter((type) => type === 'start').length).toBe(
        prediction.times.startedAt === null ? 0 : 1,
      );
      if (!prediction.isTerminal) expect(service.find('predict', prediction.id)).toBe(prediction);
    }
    const live = this.taken.filter(({ prediction }) => !prediction.isTerminal);
    const waiting = live.filter(({ prediction }) => prediction.status === 'starting');
    expect(service.liveCount).toBe(live.length);
    expect(waiting.length === 0 || fleet.slots.available === 0).toBe(true);
    expect(service.queuedCount).toBe(Math.max(0, waiting.length - fleet.slots.settling));
    const positions = waiting.flatMap(({ prediction }) => prediction.place?.position ?? []);
    expect(positions).toEqual(positions.map((_, index) => index + 1));
    // In order: nobody runs who was taken after somebody that still waits.
    const first = this.taken.findIndex(({ prediction }) => prediction.status === 'starting');
    const behind = first === -1 ? [] : this.taken.slice(first);
    expect(behind.every(({ prediction }) => prediction.times.startedAt === null)).toBe(true);
  }

  #running(): ScriptedRun[] {
    return this.fleet.slots.runs.filter(({ isOver }) => !isOver);
  }

  async #create(
    step: Extract<Step, { readonly id: number; readonly cancelAfterMs: unknown }>,
  ): Promise<void> {
    const events: string[] = [];
    const submission = {
      id: asPredictionId(`p${step.id}`),
      mode: 'predict' as const,
      input: {},
      context: {},
      observers: [({ type }: { readonly type: string }) => void events.push(type)],
      trace: {},
      cancelAfterMs: step.cancelAfterMs,
    };
    try {
      if (step.do === 'post') this.taken.push({ prediction: await this.service.submit(submission), events });
      else {
        const { prediction, isNew } = await this.service.submitOrAttach(submission);
        if (isNew) this.taken.push({ prediction, events });
      }
    } catch (error) {
      expect(REFUSALS).toContain(error instanceof PawlError ? error.code : error);
    }
  }
}

const id = fc.nat(7);
const cancelAfterMs = fc.option(fc.integer({ min: 1, max: 50 }), { freq: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('post' as const, 'put' as const), id, cancelAfterMs }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), id }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      run: fc.nat(SLOTS - 1),
      how: fc.constantFrom('succeed' as const, 'fail' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'settle' as const }) },
  fc.constant({ do: 'crash' as const }),
  fc.constant({ do: 'recover' as const }),
);

it('ends every prediction once, serves in order, and loses neither a slot nor a place', async () => {
  const freeing = fc.constantFrom('at once' as const, 'later' as const);
  await fc.assert(
    fc.asyncProperty(fc.nat(3), freeing, fc.array(step, { maxLength: 50 }), async (queue, how, steps) => {
      const world = new World(queue, how);
      for (const next of steps) {
        await world.do(next);
        world.check();
      }
      // What is left ends, and everything is as it was at the beginning.
      await world.do({ do: 'recover' });
      while (world.service.liveCount > 0) {
        await world.do({ do: 'settle' });
        await world.do({ do: 'end', run: 0, how: 'succeed' });
        world.check();
      }
      while (world.fleet.slots.settling > 0) await world.do({ do: 'settle' });
      expect(world.fleet.slots.available).toBe(SLOTS);
      expect([world.service.queuedCount, world.clock.pending]).toEqual([0, 0]);
    }),
    { numRuns: 400 },
  );
});
