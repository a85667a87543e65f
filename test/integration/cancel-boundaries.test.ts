// A cancel as the predictor's own code sees it: interruptible(), isCancelable(), scope.signal, scope.onCancel().
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelStuck } from '../helpers/cancel-stuck.ts';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

describe('user code that a cancel interrupts', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/boundaries.mjs', {
      args: ['--cancel-grace', '0.05', '--cancel-kill', '5'],
    });
  });
  afterAll(() => server.stop());

  async function cancel(how: string) {
    const before = (await predict(server.url, { how: 'pid' })).body.output;
    const { status, metrics, logs } = await cancelStuck(server.url, how);
    const after = (await predict(server.url, { how: 'pid' })).body.output;
    const { stage } = (metrics?.cancel ?? {}) as { stage?: string };
    return { status, stage, lines: (logs ?? '').trimEnd().split('\n'), isSameWorker: before === after };
  }

  it('hears its signal first, cleans up at each boundary, and its callbacks run when it has unwound', async () => {
    expect(await cancel('nested')).toEqual({
      status: 'canceled',
      stage: 'interrupt',
      isSameWorker: true,
      lines: [
        'stuck',
        'heard PAWL_CANCELED',
        'inner: true, aborted true',
        'inner: finally',
        'outer: true, aborted true',
        'outer: finally',
        'second callback, cancelable false',
        'first callback',
      ],
    });
  });

  it('is interrupted again where its clean-up blocks', async () => {
    expect(await cancel('blockingCleanUp')).toEqual({
      status: 'canceled',
      stage: 'interrupt',
      isSameWorker: true,
      lines: ['stuck', 'inner: true, aborted true', 'inner: finally'],
    });
  });

  it('has a boundary after an await, too', async () => {
    expect(await cancel('afterAwait')).toMatchObject({
      stage: 'interrupt',
      isSameWorker: true,
      lines: ['stuck', 'late: true, aborted true', 'late: finally'],
    });
  });

  it('is interrupted also in a listener of its signal', async () => {
    expect(await cancel('listenerThatBlocks')).toMatchObject({
      status: 'canceled',
      stage: 'interrupt',
      isSameWorker: true,
      lines: ['stuck', 'listening'],
    });
  });

  it('is interrupted also in a callback of its scope, and the next callback runs', async () => {
    const { lines, ...rest } = await cancel('callbackThatBlocks');
    expect(rest).toEqual({ status: 'canceled', stage: 'interrupt', isSameWorker: true });
    expect(lines[1]).toBe('Error: a scope.onCancel callback blocked, and was interrupted');
    expect(lines.at(-1)).toBe('the next callback');
  });

  it('cleans up to its end also where something of it rejects meanwhile', async () => {
    const { lines, ...rest } = await cancel('strayRejection');
    expect(rest).toEqual({ status: 'canceled', stage: 'signal', isSameWorker: true });
    expect(lines.slice(0, 2)).toEqual(['stuck', 'Error: nobody handles this']);
    expect(lines.at(-1)).toBe('cleaned up');
  });

  it('lets a listener of its signal come to its end, also where that is longer than the grace', async () => {
    expect(await cancel('slowListener')).toEqual({
      status: 'canceled',
      stage: 'signal',
      isSameWorker: true,
      lines: ['stuck'],
    });
  });

  it('is interrupted also in its schema', async () => {
    expect(await cancel('schemaThatBlocks')).toMatchObject({
      status: 'canceled',
      stage: 'interrupt',
      isSameWorker: true,
      lines: ['stuck'],
    });
  });

  it('ends also where its temporary directory cannot be removed, which is said in its log', async () => {
    const { body } = await predict(server.url, { how: 'brokenRemoval' });
    expect(body).toMatchObject({ status: 'succeeded', output: true });
    expect(body.logs).toMatch(/^Error: the disk is in a mood\n/);
  });

  it('knows whether a cancel would end it where it is', async () => {
    expect((await predict(server.url, { how: 'where' })).body.output).toEqual({
      atLoading: false,
      sync: true,
      inside: true,
      afterAwait: false,
      again: true,
    });
  });
});

describe('blocking code', () => {
  it('finds its signal aborted when it asks, long before an interrupt', async () => {
    const args = ['--cancel-grace', '30'];
    const server = await startServer('test/fixtures/predictors/boundaries.mjs', { args });
    try {
      expect(await cancelStuck(server.url, 'polls')).toMatchObject({
        status: 'canceled',
        logs: 'stuck\nsaw it\n',
        metrics: { cancel: { stage: 'signal' } },
      });
    } finally {
      await server.stop();
    }
  });
});
