import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DeliveryAnswer } from '../../../../src/server/webhook/retry.ts';
import { NEW_SERIES, type SeriesEvent, step } from '../../../../src/server/webhook/schedule.ts';
import { WEBHOOK_EVENTS, type WebhookEvent } from '../../../../src/server/webhook/webhook-event.ts';

const INTERVAL = 500;

/** Does what the schedule says, in a world where a request is only a number. */
class World {
  now = 0;
  state = NEW_SERIES;
  timerAt: number | null = null;
  isSending: 'report' | 'complete' | null = null;
  /** How much had changed of what is wanted, now and in the newest report. */
  changes = 0;
  told = 0;
  reports: number[] = [];
  reportsAfterEnd = 0;
  completes = 0;
  accepted = 0;
  hasEnded = false;
  outcome: string | null = null;
  readonly events: readonly WebhookEvent[];

  constructor(events: readonly WebhookEvent[]) {
    this.events = events;
  }

  happen(event: SeriesEvent): void {
    const context = { now: this.now, random: 0.5, events: this.events, intervalMs: INTERVAL, hasRoom: true };
    const [state, action] = step(this.state, event, context);
    this.state = state;
    if (action.type === 'none') return;
    this.timerAt = action.type === 'wait' ? this.now + action.ms : null;
    if (action.type === 'wait') return;
    this.isSending = action.type === 'finish' ? null : action.type;
    if (action.type === 'finish') this.outcome = action.how;
    if (action.type === 'complete') this.completes++;
    if (action.type !== 'report') return;
    this.told = this.changes;
    this.reports.push(this.now);
    if (this.hasEnded) this.reportsAfterEnd++;
  }

  change(what: 'start' | 'output' | 'logs'): void {
    if (this.hasEnded) return;
    if (this.events.includes(what)) this.changes++;
    this.happen({ type: 'changed', what });
  }

  answer(answer: DeliveryAnswer): void {
    if (this.isSending === null) return;
    if (this.isSending === 'complete' && answer.type === 'accepted') this.accepted++;
    this.isSending = null;
    this.happen({ type: 'answered', answer });
  }

  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.happen({ type: 'ended' });
  }

  pass(ms: number): void {
    const until = this.now + ms;
    while (this.timerAt !== null && this.timerAt <= until) {
      this.now = this.timerAt;
      this.timerAt = null;
      this.happen({ type: 'due' });
    }
    this.now = until;
  }

  /** Nothing further happens but what has to. */
  settle(): void {
    this.end();
    for (let turn = 0; this.outcome === null && turn < 100; turn++) {
      this.answer({ type: 'accepted' });
      this.pass(10_000);
    }
  }
}

const happening = fc.oneof(
  fc.constantFrom('start', 'output', 'logs').map((what) => (world: World) => world.change(what as 'logs')),
  fc.nat(1_500).map((ms) => (world: World) => world.pass(ms)),
  fc
    .constantFrom<DeliveryAnswer>({ type: 'accepted' }, { type: 'refused' }, { type: 'retry', afterMs: null })
    .map((answer) => (world: World) => world.answer(answer)),
  { weight: 1, arbitrary: fc.constant((world: World) => world.end()) },
  { weight: 1, arbitrary: fc.constant((world: World) => world.happen({ type: 'hurried' })) },
);
const stories = fc.tuple(fc.subarray([...WEBHOOK_EVENTS]), fc.array(happening, { maxLength: 60 }));

it('ends every story, tells its end at most once as accepted, and loses nothing that was wanted', () => {
  fc.assert(
    fc.property(stories, ([events, story]) => {
      const world = new World(events);
      for (const happen of story) happen(world);
      world.settle();
      expect(world.outcome).not.toBeNull();
      expect(world.isSending).toBeNull();
      if (events.includes('completed')) {
        expect(world.completes).toBeGreaterThan(0);
        expect(world.accepted).toBe(world.outcome === 'done' ? 1 : 0);
        expect(world.reportsAfterEnd).toBe(0);
      } else {
        expect(world.completes).toBe(0);
        expect(world.told).toBe(world.changes);
        expect(world.reportsAfterEnd).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 2_000 },
  );
});

it('keeps reports about logs an interval apart', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (story) => {
      const world = new World(['logs', 'completed']);
      for (const happen of story) happen(world);
      const gaps = world.reports.slice(1).map((at, index) => at - (world.reports[index] ?? 0));
      expect(gaps.every((gap) => gap >= INTERVAL)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

it('tells a change within an interval, unless a request is on its way', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (story) => {
      const world = new World(['start', 'output', 'logs', 'completed']);
      for (const happen of story) happen(world);
      if (world.hasEnded) return;
      world.answer({ type: 'accepted' });
      world.pass(INTERVAL);
      expect(world.told === world.changes || world.isSending === 'report').toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
