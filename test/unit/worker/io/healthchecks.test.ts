import { describe, expect, it } from 'vitest';
import { asHealthcheckId } from '../../../../src/protocol/ids.ts';
import { Healthchecks } from '../../../../src/worker/io/healthchecks.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

const first = asHealthcheckId('1');
const second = asHealthcheckId('2');

function healthchecks() {
  const clock = new ManualClock();
  const replies: [string, string | null][] = [];
  const interrupts: number[] = [];
  const checks = new Healthchecks({
    clock,
    reply: (id, error) => void replies.push([id, error]),
    interrupt: () => void interrupts.push(clock.now()),
  });
  return { clock, replies, interrupts, checks };
}

describe('Healthchecks', () => {
  it('passes the result on, once', () => {
    const { clock, replies, checks } = healthchecks();
    checks.requested(first);
    checks.started(first);
    checks.finished(first, null);
    clock.advance(60_000);
    expect(replies).toEqual([['1', null]]);
  });

  it('reports a check that started and took longer than five seconds, and ends it once', () => {
    const { clock, replies, interrupts, checks } = healthchecks();
    checks.requested(first);
    checks.started(first);
    clock.advance(5_000);
    expect(replies).toEqual([
      ['1', 'Healthcheck failed: user-defined healthcheck timed out after 5.0 seconds'],
    ]);
    clock.advance(60_000);
    expect(interrupts).toHaveLength(1);
  });

  it('answers with the last result while a blocking predict() keeps the check from starting', () => {
    const { clock, replies, interrupts, checks } = healthchecks();
    checks.requested(first);
    checks.started(first);
    checks.finished(first, 'Healthcheck failed: Error: GPU lost');
    checks.requested(second);
    clock.advance(500);
    expect(replies).toEqual([
      ['1', 'Healthcheck failed: Error: GPU lost'],
      ['2', 'Healthcheck failed: Error: GPU lost'],
    ]);
    expect(interrupts).toEqual([]);
  });

  it('remembers the result of a check that came to its turn after its answer', () => {
    const { clock, replies, interrupts, checks } = healthchecks();
    checks.requested(first);
    clock.advance(500);
    checks.started(first);
    clock.advance(4_000);
    checks.finished(first, 'Healthcheck failed: Error: GPU lost');
    checks.requested(second);
    clock.advance(500);
    expect(replies).toEqual([
      ['1', null],
      ['2', 'Healthcheck failed: Error: GPU lost'],
    ]);
    expect(interrupts).toEqual([]);
  });
});
