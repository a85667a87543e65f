// A worker that fails while it is ready: each prediction ends once and says why, and the worker is replaced.
import { describe, expect, it } from 'vitest';
import { limit } from '../../src/limits.ts';
import { eventually } from '../helpers/eventually.ts';
import { errorOf, type FakeFleet, type FakeFleetOptions, fakeFleet, run } from '../helpers/fake-fleet.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { isAlive } from '../helpers/processes.ts';

async function ready(options: FakeFleetOptions): Promise<FakeFleet> {
  const started = fakeFleet(options);
  await started.reaches('ready');
  return started;
}

/** Waits for the pause before a restart, and lets it pass. */
async function passPause(clock: ManualClock, ms: number): Promise<void> {
  await expect.poll(() => clock.isWaiting(ms)).toBe(true);
  clock.advance(ms);
}

describe('a worker that dies', () => {
  it('fails every prediction once, with the signal, and is replaced', async () => {
    const { fleet, reaches, pids } = await ready({ starts: [{ slots: 2 }] });
    const neighbour = run(fleet, { do: 'wait' });
    await neighbour.started;
    const culprit = run(fleet, { do: 'die', signal: 'SIGKILL' });
    const text =
      'PAWL_WORKER_CRASHED: the worker was killed by SIGKILL (perhaps out of memory) while it ran this prediction';
    expect(errorOf(await culprit.ended)).toBe(text);
    expect(errorOf(await neighbour.ended)).toBe(text);
    expect([fleet.slots.capacity, fleet.slots.tryAcquire()]).toEqual([0, null]);
    await reaches('ready');
    expect([culprit.ends(), neighbour.ends(), pids().length]).toEqual([1, 1, 2]);
    const [output] = (await done(fleet)).outputs;
    expect(output?.payload).toMatchObject({ value: { pid: pids()[1] } });
  });

  it('is quoted with its exit code and last words', async () => {
    const { fleet } = await ready({});
    const { ended } = run(fleet, { do: 'exit', code: 3, lastWords: 'CUDA error 700\n' });
    expect(errorOf(await ended)).toBe(
      'PAWL_WORKER_CRASHED: the worker exited with code 3 while it ran this prediction; ' +
        'its last words: CUDA error 700',
    );
  });

  it('does not take back a prediction that it had finished', async () => {
    const { fleet } = await ready({});
    expect(errorOf(await run(fleet, { do: 'end-then-die' }).ended)).toBe('succeeded');
  });

  it('is quoted with its own report where it made one', async () => {
    const { fleet } = await ready({});
    expect(errorOf(await run(fleet, { do: 'fatal' }).ended)).toBe(
      'PAWL_WORKER_CRASHED: the worker gave up while it ran this prediction: Error: the runtime broke',
    );
  });

  it('makes the fleet recover, and tells why meanwhile', async () => {
    const clock = new ManualClock();
    const { fleet, reaches } = await ready({ clock });
    await run(fleet, { do: 'exit', code: 3 }).ended;
    await reaches('recovering');
    await passPause(clock, limit('restartDelayMsMin'));
    expect(fleet.failure?.message).toBe('the worker exited with code 3');
    await reaches('ready');
    expect(fleet.failure).toBeNull();
  });

  it('is started again after longer and longer pauses while that fails', async () => {
    const clock = new ManualClock();
    const { fleet, reaches, pids } = await ready({
      starts: [{ title: 'old' }, { crashAtStart: 7 }, { crashAtStart: 7 }, { title: 'new' }],
      clock,
    });
    const first = limit('restartDelayMsMin');
    await run(fleet, { do: 'exit', code: 3 }).ended;
    await passPause(clock, first);
    await passPause(clock, 2 * first);
    expect(fleet.status).toBe('recovering');
    expect(fleet.failure?.message).toBe('the worker exited with code 7 during setup');
    await passPause(clock, 4 * first);
    await reaches('ready');
    expect(pids()).toHaveLength(4);
    expect(fleet.predictor?.document['x-title']).toBe('new');
  });

  it('leaves the fleet defunct when nothing is restarted', async () => {
    const { fleet, reaches, pids } = await ready({ config: { restart: 'never' } });
    await run(fleet, { do: 'exit', code: 3 }).ended;
    await reaches('defunct');
    expect(fleet.failure?.message).toBe('the worker exited with code 3');
    expect(pids()).toHaveLength(1);
    expect(await fleet.healthcheck()).toBe('no worker is ready');
  });

  it('does not touch the other worker', async () => {
    const { fleet } = await ready({ config: { workers: 2, restart: 'never' } });
    await expect.poll(() => fleet.slots.capacity).toBe(2);
    const other = run(fleet, { do: 'wait' });
    await run(fleet, { do: 'exit', code: 3 }).ended;
    expect([fleet.status, fleet.slots.capacity]).toEqual(['ready', 1]);
    other.permit.cancel();
    expect((await other.ended).status).toBe('canceled');
  });
});

describe('a worker that breaks the protocol', () => {
  it('on a slot fails that prediction and is replaced', async () => {
    const { fleet, reaches, pids } = await ready({ starts: [{ slots: 2 }] });
    const neighbour = run(fleet, { do: 'wait' });
    await neighbour.started;
    const text = errorOf(await run(fleet, { do: 'garbage' }).ended);
    expect(text).toContain('PAWL_PROTOCOL: the worker broke the protocol');
    expect(text).toContain('this is no frame');
    expect(errorOf(await neighbour.ended)).toContain('this is no frame');
    await reaches('ready');
    expect(pids().map(isAlive)).toEqual([false, true]);
  });

  it('by a line for a slot that it does not have is replaced', async () => {
    const { fleet, reaches, pids } = await ready({ starts: [{ slots: 2 }] });
    const text = errorOf(await run(fleet, { do: 'speak-for-nobody' }).ended);
    expect(text).toContain('PAWL_PROTOCOL: the worker broke the protocol: a line is for slot 9');
    await reaches('ready');
    expect(pids().map(isAlive)).toEqual([false, true]);
  });

  it.each([
    ['garbage on the control channel', 'garbage-control', 'PAWL_PROTOCOL', 'this is no frame'],
    ['ending by itself', 'shut-down', 'PAWL_WORKER_CRASHED', 'exited with code 0'],
  ])('by %s fails all that it ran, and is replaced', async (_what, what, code, why) => {
    const { fleet, reaches, pids } = await ready({ starts: [{ slots: 3 }] });
    const neighbours = [run(fleet, { do: 'wait' }), run(fleet, { do: 'wait' })];
    for (const { started } of neighbours) await started;
    const ends = await Promise.all([run(fleet, { do: what }), ...neighbours].map(({ ended }) => ended));
    for (const text of ends.map(errorOf)) expect(text).toMatch(new RegExp(`^${code}: .*${why}`, 's'));
    await reaches('ready');
    expect(pids().map(isAlive)).toEqual([false, true]);
    expect(fleet.slots.available).toBe(3);
  });

  it('by closing a slot socket is replaced', async () => {
    const { fleet, reaches, pids } = await ready({});
    expect(errorOf(await run(fleet, { do: 'close-socket' }).ended)).toBe(
      'PAWL_WORKER_CRASHED: the worker was killed while it ran this prediction, because it closed the ' +
        'socket of slot 0',
    );
    await expect.poll(() => pids().length).toBe(2);
    await reaches('ready');
  });

  it('by closing the control channel is replaced', async () => {
    const { fleet, reaches, pids } = await ready({});
    // The other direction is closed in answer, so that the worker may also end by itself.
    const text = errorOf(await run(fleet, { do: 'close-control' }).ended);
    expect(text).toMatch(/(closed|lost) its control channel/);
    await expect.poll(() => pids().length).toBe(2);
    await reaches('ready');
  });

  it('by not freeing its slot is replaced, and its other prediction fails once', async () => {
    const clock = new ManualClock();
    const { fleet, reaches, pids } = await ready({ starts: [{ slots: 2 }], clock });
    const neighbour = run(fleet, { do: 'wait' });
    expect((await run(fleet, { do: 'succeed', idle: 'never' }).ended).status).toBe('succeeded');
    clock.advance(limit('idleTokenMs'));
    expect(errorOf(await neighbour.ended)).toContain('did not become free within 5 s');
    await passPause(clock, limit('restartDelayMsMin'));
    await reaches('ready');
    expect([neighbour.ends(), pids().length]).toEqual([1, 2]);
  });
});

describe('predictions of several slots', () => {
  it('is sent lines of one turn together where it takes them, and may answer on any of its sockets', async () => {
    const { fleet } = await ready({ starts: [{ slots: 4, carries: true }] });
    // The first of them is under way alone when it is sent.
    const [first, ...others] = ['wait', 'succeed', 'succeed'].map((what) => run(fleet, { do: what }));
    await Promise.all(others.map(({ ended }) => ended));
    const values = others.map(({ outputs }) => outputs[0]?.payload);
    expect(values).toMatchObject([{ value: { wasCarried: true } }, { value: { wasCarried: true } }]);
    const elsewhere = run(fleet, { do: 'succeed-elsewhere', on: first?.permit.slot ?? 0 });
    expect((await elsewhere.ended).status).toBe('succeeded');
  });

  it('is sent each line on the socket of its slot where it does not', async () => {
    const { fleet } = await ready({ starts: [{ slots: 4 }] });
    const runs = ['wait', 'succeed', 'succeed'].map((what) => run(fleet, { do: what }));
    await Promise.all(runs.slice(1).map(({ ended }) => ended));
    expect(runs[2]?.outputs[0]?.payload).toMatchObject({ value: { wasCarried: false } });
  });
});

describe('a canceled prediction', () => {
  it('ends without cost when the worker obeys', async () => {
    const { fleet, pids } = await ready({});
    const { permit, started, ended } = run(fleet, { do: 'wait' });
    await started;
    permit.cancel();
    expect(await ended).toMatchObject({ status: 'canceled', predictMs: 1 });
    await eventually('the slot is free', () => (fleet.slots.available === 1 ? true : null));
    expect(pids()).toHaveLength(1);
  });

  it('costs the worker when it does not, and the neighbour learns why', async () => {
    const clock = new ManualClock();
    const { fleet, pids } = await ready({
      starts: [{ slots: 2, ignoreCancel: true }],
      config: { cancelKillMs: 7_000 },
      clock,
    });
    const neighbour = run(fleet, { do: 'wait' });
    const stubborn = run(fleet, { do: 'wait' });
    await Promise.all([neighbour.started, stubborn.started]);
    stubborn.permit.cancel();
    clock.advance(7_000);
    expect(await stubborn.ended).toMatchObject({ status: 'canceled', predictMs: null });
    expect(errorOf(await neighbour.ended)).toBe(
      'PAWL_WORKER_CRASHED: the worker was killed while it ran this prediction, because the canceled ' +
        'prediction on slot 1 still ran 7 s after its cancel',
    );
    expect([stubborn.ends(), neighbour.ends()]).toEqual([1, 1]);
    await passPause(clock, limit('restartDelayMsMin'));
    await expect.poll(() => pids().length).toBe(2);
  });
});

describe('a large input', () => {
  it('travels by a file that nobody leaves behind', async () => {
    const { fleet } = await ready({});
    const blob = 'x'.repeat(2 * limit('inlineBytesMax'));
    const { ended, outputs } = run(fleet, { do: 'succeed', blob });
    expect((await ended).status).toBe('succeeded');
    expect(outputs[0]?.payload).toMatchObject({ value: { blob: blob.length } });
  });
});

async function done(fleet: FakeFleet['fleet']) {
  const prediction = run(fleet, { do: 'succeed' });
  await prediction.ended;
  return prediction;
}
