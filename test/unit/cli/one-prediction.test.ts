import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { deferred } from '../../../src/base/deferred.ts';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { Transcript } from '../../../src/cli/command-log.ts';
import { runPrediction } from '../../../src/cli/one-prediction.ts';
import { ResultWriter } from '../../../src/cli/result-writer.ts';
import { asPredictionId, asSlotIndex, asWorkerIndex } from '../../../src/protocol/ids.ts';
import type { PredictionRequest, SlotObserver, SlotPool } from '../../../src/server/slot/permit.ts';
import type { Fleet } from '../../../src/server/supervisor/fleet.ts';
import { serviceOn } from '../../helpers/service.ts';

const INPUT: JsonObject = {
  type: 'object',
  properties: { scale: { type: 'integer', maximum: 3 } },
  required: ['scale'],
};

/** A ready fleet with one slot, on which `play` is the predictor. */
function fleetOf(play: (observer: SlotObserver, request: PredictionRequest) => void): Fleet {
  let running: SlotObserver | null = null;
  const permit = {
    worker: asWorkerIndex(0),
    slot: asSlotIndex(0),
    run(request: PredictionRequest, observer: SlotObserver) {
      running = observer;
      play(observer, request);
    },
    cancel: () => running?.onEnd({ status: 'canceled', predictMs: 1, cancel: null }),
    release: () => undefined,
  };
  const slots: SlotPool = {
    capacity: 1,
    available: 1,
    tryAcquire: () => permit,
    settling: 0,
    onFree: () => undefined,
  };
  return {
    status: 'ready',
    slots,
    setup: { status: 'succeeded', startedAt: 0, completedAt: 0, logs: '' },
    predictor: {
      document: { components: { schemas: { Input: INPUT } } },
      hasTrain: false,
      hasHealthcheck: false,
    },
    failure: null,
    start: () => undefined,
    described: () => new Promise(() => {}),
    settledStart: () => Promise.resolve(),
    healthcheck: () => Promise.resolve(null),
    stop: () => Promise.resolve(),
    onChange: () => () => undefined,
  };
}

function start(
  play: (observer: SlotObserver) => void,
  { input = { scale: 1 }, print }: { input?: JsonObject; print?: (text: string) => void } = {},
) {
  const seen = { stdout: '', stderr: '' };
  const interrupted = deferred();
  const service = serviceOn({ fleet: fleetOf(play), clock: systemClock, retention: 1, cancelKillMs: 1 });
  const writer = new ResultWriter(
    { target: { kind: 'here' }, textItems: 'parts' },
    {
      print: (text) => {
        print?.(text);
        seen.stdout += text;
      },
      write: () => undefined,
    },
  );
  const transcript = new Transcript((text) => {
    seen.stderr += text;
  });
  const ended = runPrediction({
    service,
    mode: 'predict',
    input,
    writer,
    transcript,
    interrupted: interrupted.promise,
  });
  return { ended, seen, interrupt: interrupted.resolve };
}

function output(
  kind: 'value' | 'chunk',
  index: number,
  value: Json,
): Parameters<SlotObserver['onOutput']>[0] {
  return {
    type: 'output',
    id: asPredictionId('x'),
    kind,
    index,
    payload: { in: 'message', value },
    files: [],
  };
}

const succeeded = (kind: 'value' | 'list') => ({ status: 'succeeded', output: kind, predictMs: 5 }) as const;

describe('one prediction on the command line', () => {
  it('shows logs as they are and a returned list as one value', async () => {
    const { ended, seen } = start((slot) => {
      slot.onLog('stdout', 'half a ');
      slot.onLog('stderr', 'line\n');
      slot.onOutput(output('value', 0, ['a', 'b']));
      slot.onEnd(succeeded('value'));
    });
    expect((await ended).status).toBe('succeeded');
    expect(seen).toEqual({ stdout: '[\n  "a",\n  "b"\n]\n', stderr: 'half a line\n' });
  });

  it('shows items while the prediction still runs', async () => {
    const slots: SlotObserver[] = [];
    const { ended, seen } = start((slot) => {
      slots.push(slot);
      slot.onOutput(output('chunk', 0, 'Once'));
      slot.onOutput(output('chunk', 1, ' upon'));
    });
    await Promise.resolve();
    expect(seen.stdout).toBe('Once upon');
    slots[0]?.onEnd(succeeded('list'));
    await ended;
    expect(seen.stdout).toBe('Once upon\n');
  });

  it('prints nothing for a generator that yielded nothing, and null for nothing returned', async () => {
    const none = start((slot) => slot.onEnd(succeeded('list')));
    await none.ended;
    expect(none.seen.stdout).toBe('');
    const nothing = start((slot) => slot.onEnd(succeeded('value')));
    await nothing.ended;
    expect(nothing.seen.stdout).toBe('null\n');
  });

  it('shows no value of a prediction that failed after returning it', async () => {
    const error = { name: 'Error', message: 'late', stack: null, code: 'PAWL_PREDICT_FAILED' } as const;
    const { ended, seen } = start((slot) => {
      slot.onOutput(output('value', 0, 'early'));
      slot.onEnd({ status: 'failed', error, issues: [], predictMs: 1 });
    });
    expect((await ended).failure?.text).toBe('Error: late');
    expect(seen.stdout).toBe('');
  });

  it('cancels when it is interrupted', async () => {
    const { ended, interrupt } = start((slot) => slot.onLog('stdout', 'running\n'));
    interrupt();
    expect((await ended).status).toBe('canceled');
  });

  it('cancels and says why when its output cannot be written', async () => {
    const { ended } = start((slot) => slot.onOutput(output('chunk', 0, 'x')), {
      print: () => {
        throw new Error('disk full');
      },
    });
    await expect(ended).rejects.toMatchObject({
      code: 'PAWL_OUTPUT_FILE_FAILED',
      message: 'the output could not be written: disk full',
    });
  });

  it('names the input that the schema refuses', async () => {
    const { ended } = start(() => undefined, { input: { scale: 9 } });
    await expect(ended).rejects.toMatchObject({
      code: 'PAWL_INPUT_INVALID',
      message: expect.stringMatching(/^the input is invalid: scale: .*3/),
    });
  });
});
