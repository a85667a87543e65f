// Starting workers: every way in which a start can fail ends in a status, a reason and no process.
import { describe, expect, it } from 'vitest';
import { limit } from '../../src/limits.ts';
import { eventually } from '../helpers/eventually.ts';
import { fakeFleet, gone, grandchildPid, run } from '../helpers/fake-fleet.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { isAlive } from '../helpers/processes.ts';

describe('a worker that starts', () => {
  it('gets ready with its slots, its predictor and its setup output', async () => {
    const { fleet, reaches } = fakeFleet({ starts: [{ slots: 3, title: 'demo', setupOutput: 'loading\n' }] });
    expect(fleet.status).toBe('starting');
    expect(fleet.setup.status).toBe('starting');
    await reaches('ready');
    await fleet.settledStart();
    expect([fleet.slots.capacity, fleet.slots.available]).toEqual([3, 3]);
    expect(fleet.predictor?.document['x-title']).toBe('demo');
    expect(fleet.failure).toBeNull();
    const { setup } = fleet;
    expect([setup.status, setup.logs]).toEqual(['succeeded', 'loading\n']);
    expect(setup.completedAt).toBeGreaterThanOrEqual(setup.startedAt);
  });

  it('lets nobody without the token take a slot', async () => {
    const { fleet, logger, reaches } = fakeFleet({ starts: [{ strangerFirst: true }] });
    await reaches('ready');
    expect(logger.warnings).toContain('dropped a connection to the slot socket');
    expect(fleet.slots.capacity).toBe(1);
  });

  it('says once, however many workers there are, why a cancel cannot interrupt them', async () => {
    const uninterruptible = 'this Node does not export it';
    const { fleet, logger, reaches } = fakeFleet({ starts: [{ uninterruptible }], config: { workers: 3 } });
    await reaches('ready');
    await eventually('three workers are ready', () => (fleet.slots.capacity === 3 ? true : null));
    const [warning, ...more] = logger.warnings;
    expect(warning).toMatch(
      /^interrupts are unavailable, because this Node does not export it: .* costs the worker/,
    );
    expect(more).toEqual([]);
  });

  it('works below a work directory whose path is too long for a socket', async () => {
    const { fleet, reaches } = fakeFleet({ workDirName: 'd'.repeat(100) });
    await reaches('ready');
    expect((await run(fleet, { do: 'succeed' }).ended).status).toBe('succeeded');
  });
});

describe('a start that fails', () => {
  it('by a worker that never says hello', async () => {
    const clock = new ManualClock();
    const { fleet, logger, pids } = fakeFleet({ starts: [{ noHello: true }], clock });
    await logger.line('a worker was spawned');
    clock.advance(limit('helloMs'));
    await fleet.settledStart();
    expect(fleet.status).toBe('setup_failed');
    expect(fleet.failure?.message).toBe('the worker did not say hello within 30 s and was killed');
    expect(pids().map(isAlive)).toEqual([false]);
  });

  it('by a worker of another version', async () => {
    const { fleet, reaches } = fakeFleet({ starts: [{ protocol: 99 }] });
    await reaches('setup_failed');
    expect(fleet.failure?.code).toBe('PAWL_PROTOCOL');
    expect(fleet.failure?.message).toContain('the worker speaks protocol version 99');
  });

  it('by a process that ends at once, and its last words are quoted', async () => {
    const { fleet, reaches } = fakeFleet({ starts: [{ crashAtStart: 9, lastWords: 'bad option\n' }] });
    await reaches('setup_failed');
    const text = 'the worker exited with code 9 during setup; its last words: bad option';
    expect(fleet.failure?.message).toBe(text);
    expect(fleet.setup.status).toBe('failed');
    expect(fleet.setup.logs).toBe(`${text}\n`);
  });

  it('by a worker that exits before its slots are attached', async () => {
    const { fleet, reaches } = fakeFleet({ starts: [{ exitBeforeAttach: 5 }] });
    await reaches('setup_failed');
    expect(fleet.failure?.message).toBe('the worker exited with code 5 during setup');
  });

  it('by slots that are never attached', async () => {
    const clock = new ManualClock();
    const { fleet, reaches } = fakeFleet({ starts: [{ noAttach: true, slots: 2 }], clock });
    await expect.poll(() => clock.isWaiting(limit('attachMs'))).toBe(true);
    clock.advance(limit('attachMs'));
    await reaches('setup_failed');
    expect(fleet.failure?.message).toContain("2 of the worker's slot sockets did not connect within 10 s");
  });

  it('by garbage on the control channel, and the message shows it', async () => {
    const { fleet, reaches } = fakeFleet({ starts: [{ garbage: 'Segmentation fault (core dumped)' }] });
    await reaches('setup_failed');
    expect(fleet.failure?.code).toBe('PAWL_PROTOCOL');
    expect(fleet.failure?.message).toContain('Segmentation fault (core dumped)');
  });

  it('by an error in setup, and setup.logs holds output, error and stack', async () => {
    const setupFailed = {
      name: 'TypeError',
      message: 'no weights',
      stack: 'TypeError: no weights\n    at setup (predict.ts:7:11)',
      code: 'PAWL_SETUP_THREW',
    };
    const { fleet, reaches, pids } = fakeFleet({
      starts: [{ setupOutput: 'loading weights', setupFailed, stayAfterFailure: true }],
    });
    await reaches('setup_failed');
    expect([fleet.failure?.code, fleet.failure?.message]).toEqual([
      'PAWL_SETUP_THREW',
      'TypeError: no weights',
    ]);
    expect(fleet.setup.logs).toBe('loading weights\nTypeError: no weights\n    at setup (predict.ts:7:11)\n');
    expect(pids()).toHaveLength(1);
    expect(pids().map(isAlive)).toEqual([false]);
  });

  it('by a setup that takes too long, and its whole tree is killed', async () => {
    const clock = new ManualClock();
    const { fleet, logger, reaches, pids } = fakeFleet({
      starts: [{ hangInSetup: true, grandchild: 'same-group' }],
      config: { setupTimeoutMs: 60_000 },
      clock,
    });
    const grandchild = await grandchildPid(logger);
    await expect.poll(() => clock.isWaiting(limit('attachMs'))).toBe(false);
    clock.advance(60_000);
    await reaches('setup_failed');
    expect(fleet.failure?.code).toBe('PAWL_SETUP_TIMEOUT');
    expect(fleet.setup.logs).toContain(`grandchild ${grandchild}`);
    expect(fleet.setup.logs).toContain('took longer than 60 s (--setup-timeout)');
    expect(pids().map(isAlive)).toEqual([false]);
    await gone(grandchild);
  });

  it('by a crash in setup, and what left the process group ends too', async () => {
    const { logger, reaches } = fakeFleet({ starts: [{ grandchild: 'own-session', exitInSetup: 4 }] });
    const grandchild = await grandchildPid(logger);
    await reaches('setup_failed');
    await gone(grandchild);
  });

  it('in one of two workers is tried again once the other is ready', async () => {
    const clock = new ManualClock();
    const setupFailed = { name: 'Error', message: 'busy', stack: null, code: 'PAWL_SETUP_THREW' };
    const { fleet, reaches } = fakeFleet({
      starts: [{ setupFailed }, {}],
      config: { workers: 2 },
      clock,
    });
    await reaches('ready');
    await expect.poll(() => clock.isWaiting(limit('restartDelayMsMin'))).toBe(true);
    clock.advance(limit('restartDelayMsMin'));
    await expect.poll(() => fleet.slots.capacity).toBe(2);
  });
});
