import { beforeEach, describe, expect, it } from 'vitest';
import { PawlError } from '../../../../src/errors.ts';
import { limit } from '../../../../src/limits.ts';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import type { Permit } from '../../../../src/server/slot/permit.ts';
import { failedWith } from '../../../../src/server/slot/slot-outcome.ts';
import { observer, request, SlotEnd } from './slot-harness.ts';

const gone = failedWith(new PawlError('PAWL_WORKER_CRASHED', 'gone'));

let end: SlotEnd;
let heard: string[];
let permit: Permit;

beforeEach(() => {
  end = new SlotEnd();
  heard = [];
  permit = end.slot.acquire();
});

const run = (part = {}) => permit.run(request(part), observer(heard));

describe('a prediction on its slot', () => {
  it('is sent before run() returns, encoded once, with its input as it is', () => {
    run({ input: { s: 'ü\n' }, context: { k: 'v' } });
    expect(end.sent.map((line) => JSON.parse(line))).toEqual([
      {
        type: 'predict',
        id: 'p1',
        run: 1,
        mode: 'predict',
        files: [],
        context: { k: 'v' },
        input: { in: 'message', value: { s: 'ü\n' } },
      },
    ]);
    expect(end.sent[0]?.indexOf('\n')).toBe((end.sent[0]?.length ?? 0) - 1);
  });

  it('reports its events in order and ends once', () => {
    run();
    end.say({ type: 'log', id: 'p1', stream: 'stderr', data: 'a\n' });
    end.say({ type: 'metric', id: 'p1', name: 'm', value: 1, mode: 'replace' });
    end.say({
      type: 'output',
      id: 'p1',
      kind: 'value',
      index: 0,
      payload: { in: 'message', value: 1 },
      files: [],
    });
    end.succeed();
    end.succeed();
    expect(heard).toEqual(['log stderr a\n', 'metric m', 'output 0', 'succeeded']);
  });

  it.each(['succeeded', 'failed', 'canceled'])('reports what it cost before it %s', (type) => {
    run();
    end.say({
      type,
      id: 'p1',
      predictMs: 1,
      output: 'value',
      error: { name: 'Error', message: 'no', stack: null, code: 'PAWL_PREDICT_FAILED' },
      issues: [],
      stage: 'signal',
      cancelMs: 1,
      usage: {
        setupMs: 9,
        cpuMs: 7,
        memoryPeakBytes: null,
        subprocessCpuMs: null,
        subprocessMemoryPeakBytes: 1,
      },
    });
    expect(heard).toEqual(['usage 7', expect.stringMatching(`^${type}`)]);
  });

  it('frees the slot when the idle token follows the end', () => {
    run();
    end.succeed();
    expect(end.slot.status).toBe('busy');
    end.idle();
    expect(end.slot.status).toBe('idle');
    expect(end.owner.clock.pending).toBe(0);
  });

  it('frees the slot before it reports the end when the idle token came first', () => {
    const statuses: string[] = [];
    permit.run(request(), { ...observer(heard), onEnd: () => statuses.push(end.slot.status) });
    end.idle();
    expect(end.slot.status).toBe('busy');
    end.succeed();
    expect(statuses).toEqual(['idle']);
    expect(end.owner.clock.pending).toBe(0);
  });

  it('ignores messages and idle tokens of another prediction, with a warning', () => {
    run();
    end.succeed('p0');
    end.idle('p0');
    expect(heard).toEqual([]);
    expect(end.slot.status).toBe('busy');
    expect(end.owner.logger.warnings).toHaveLength(2);
  });

  it('loses the slot when no idle token follows', () => {
    run();
    end.succeed();
    end.owner.clock.advance(limit('idleTokenMs'));
    expect(end.slot.status).toBe('poisoned');
    expect(end.owner.faults).toEqual([{ kind: 'no_idle_token', slot: 0, ms: limit('idleTokenMs') }]);
    end.idle();
    expect(end.slot.status).toBe('poisoned');
  });

  it('fails when the idle token came and the end never does', () => {
    run();
    end.idle();
    end.owner.clock.advance(limit('idleTokenMs'));
    expect(heard).toHaveLength(1);
    expect(heard[0]).toContain('PAWL_PROTOCOL');
    expect(end.owner.faults[0]?.kind).toBe('protocol');
  });

  it('survives an observer that throws', () => {
    permit.run(request(), {
      ...observer(heard),
      onLog: () => {
        throw new Error('defect');
      },
    });
    end.say({ type: 'log', id: 'p1', stream: 'stdout', data: 'a' });
    end.succeed();
    expect(heard).toEqual(['succeeded']);
  });
});

describe('a request that is too large for a frame', () => {
  it('fails by its context, and the slot stays', async () => {
    run({ context: { k: 'x'.repeat(limit('frameBytesMax')) } });
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard[0]).toContain('PAWL_REQUEST_INVALID');
    expect(heard[0]).toContain('context');
    expect(end.sent).toEqual([]);
    expect(end.slot.status).toBe('idle');
  });
});

describe('cancel', () => {
  it('is sent once and leads to the canceled end', () => {
    run();
    permit.cancel();
    permit.cancel();
    expect(end.owner.cancels).toEqual(['0 1']);
    end.say({ type: 'canceled', id: 'p1', predictMs: 3, stage: 'signal', cancelMs: 1 });
    end.idle();
    permit.cancel();
    expect(heard).toEqual(['canceled']);
    expect(end.owner.clock.pending).toBe(0);
  });

  it('costs the worker when the prediction goes on', () => {
    run();
    permit.cancel();
    end.owner.clock.advance(9_999);
    expect(heard).toEqual([]);
    end.owner.clock.advance(1);
    expect(heard).toEqual(['canceled']);
    expect(end.owner.faults).toEqual([{ kind: 'cancel_ignored', slot: 0, ms: 10_000 }]);
  });

  it('before run() keeps the prediction from being sent', async () => {
    permit.cancel();
    run();
    await Promise.resolve();
    expect(heard).toEqual(['canceled']);
    expect(end.sent).toEqual([]);
    expect(end.slot.status).toBe('idle');
  });
});

describe('a slot whose worker is lost', () => {
  it('ends the running prediction once, without waiting for anything', () => {
    run();
    permit.cancel();
    end.slot.close(gone);
    end.slot.close(gone);
    end.owner.clock.advance(60_000);
    expect(heard).toEqual(['failed PAWL_WORKER_CRASHED: gone']);
    expect(end.slot.status).toBe('closed');
  });

  it('ends a prediction that is run afterwards', async () => {
    end.slot.close(gone);
    run();
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard).toEqual(['failed PAWL_WORKER_CRASHED: gone']);
  });

  it('leaves a finished prediction as it was', () => {
    run();
    end.succeed();
    end.slot.close(gone);
    expect(heard).toEqual(['succeeded']);
    expect(end.owner.clock.pending).toBe(0);
  });

  it('takes back an unused permit without a word', () => {
    end.slot.close(gone);
    permit.release();
    expect(end.slot.status).toBe('closed');
  });

  it('is given up when the socket closes in the middle of a prediction', () => {
    run();
    end.slot.onClose(null);
    expect(end.owner.faults).toEqual([{ kind: 'slot_lost', slot: 0, detail: null }]);
    expect(heard).toEqual([]);
    end.slot.close(gone);
    expect(heard).toEqual(['failed PAWL_WORKER_CRASHED: gone']);
  });

  it('fails its prediction at once when a frame was wrong', () => {
    run();
    end.slot.onClose(new PawlError('PAWL_PROTOCOL', 'a line is not JSON'));
    expect(heard[0]).toBe('failed PAWL_PROTOCOL: the worker broke the protocol: a line is not JSON');
    expect(end.owner.faults).toEqual([{ kind: 'protocol', detail: 'a line is not JSON' }]);
  });
});

describe('an unused permit', () => {
  it('goes back once', () => {
    permit.release();
    expect(end.slot.status).toBe('idle');
    const second = end.slot.acquire();
    permit.release();
    expect(end.slot.status).toBe('busy');
    second.run(request({ id: asPredictionId('p2') }), observer(heard));
    end.succeed('p2');
    expect(heard).toEqual(['succeeded']);
  });
});
