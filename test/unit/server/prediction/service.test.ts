import { describe, expect, it } from 'vitest';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import type { PredictionEvent } from '../../../../src/server/prediction/events.ts';
import { CANCELED } from '../../../../src/server/slot/slot-outcome.ts';
import { documentWith } from '../../../helpers/fake-server.ts';
import { type ScriptedServiceOptions, scriptedService, submission } from '../../../helpers/service.ts';

function createService(options: ScriptedServiceOptions = {}) {
  const made = scriptedService(options);
  made.fleet.becomeReady();
  return made;
}

describe('observers', () => {
  it('see start first, then everything in order, and completed last and once', async () => {
    const { fleet, service } = createService();
    const seen: PredictionEvent[] = [];
    await service.submit(submission('a', { observers: [(event) => seen.push(event)] }));
    fleet.run.log('one\n');
    fleet.run.output('chunk', 'x', 0);
    fleet.run.metric('m', 1);
    fleet.run.output('chunk', 'y', 1);
    fleet.run.succeedAsList();
    expect(seen.map(({ type }) => type)).toEqual(['start', 'log', 'output', 'metric', 'output', 'completed']);
    expect(seen[4]).toEqual({ type: 'output', index: 1, value: 'y' });
  });

  it('that throw harm neither the prediction nor the others', async () => {
    const { fleet, service } = createService();
    const seen: string[] = [];
    const bad = () => {
      throw new Error('observer');
    };
    const prediction = await service.submit(
      submission('a', { observers: [bad, ({ type }) => seen.push(type)] }),
    );
    fleet.run.succeed(1);
    expect(seen).toEqual(['start', 'output', 'completed']);
    expect(prediction.status).toBe('succeeded');
  });

  it('find the prediction terminal and still registered when it completes', async () => {
    const { fleet, service } = createService();
    const found: unknown[] = [];
    const observer = (event: PredictionEvent) => {
      if (event.type === 'completed') found.push(service.find('predict', asPredictionId('a'))?.status);
    };
    await service.submit(submission('a', { observers: [observer] }));
    fleet.run.succeed();
    expect(found).toEqual(['succeeded']);
  });
});

describe('retention', () => {
  it('keeps the newest by completion', async () => {
    const { fleet, service } = createService({ retention: 2 });
    for (const id of ['a', 'b', 'c']) await service.submit(submission(id));
    const [a, b, c] = fleet.slots.runs;
    for (const run of [b, c, a]) run?.succeed();
    const known = ['a', 'b', 'c'].filter((id) => service.find('predict', asPredictionId(id)) !== null);
    expect(known).toEqual(['a', 'c']);
  });

  it('forgets the oldest once those kept hold too much', async () => {
    const { fleet, service } = createService();
    const input = { s: 'x'.repeat(100 * 2 ** 20) };
    for (const id of ['a', 'b', 'c']) {
      await service.submit(submission(id, { input }));
      fleet.run.succeed();
    }
    const known = ['a', 'b', 'c'].filter((id) => service.find('predict', asPredictionId(id)) !== null);
    expect(known).toEqual(['b', 'c']);
  });
});

describe('the schema', () => {
  it('follows a replacement worker that reports another document', async () => {
    const { fleet, service } = createService();
    fleet.becomeReady(documentWith({ type: 'object', properties: { a: {} }, required: ['a'] }));
    await expect(service.submit(submission('a'))).rejects.toMatchObject({ code: 'PAWL_INPUT_INVALID' });
    fleet.becomeReady(documentWith({ type: 'object', properties: {} }));
    await expect(service.submit(submission('a'))).resolves.toMatchObject({ status: 'processing' });
  });
});

describe('drain', () => {
  it('resolves at once when nothing runs', async () => {
    await createService().service.drain(30_000);
  });

  it('waits for what runs, then cancels it, then gives up on what ignores that', async () => {
    const { fleet, clock, service } = createService();
    await service.submit(submission('a'));
    let isOver = false;
    const drained = service.drain(1_000).then(() => {
      isOver = true;
    });
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect([fleet.run.isCanceled, isOver]).toEqual([true, false]);
    clock.advance(15_000);
    await drained;
  });

  it('loses its patience when it is asked again', async () => {
    const { fleet, service } = createService();
    await service.submit(submission('a'));
    const first = service.drain(30_000);
    const second = service.drain(0);
    expect(fleet.run.isCanceled).toBe(true);
    fleet.run.cancel();
    await Promise.all([first, second]);
  });
});

describe('what stopped a canceled prediction', () => {
  const cancel = { stage: 'interrupt', ms: 4 } as const;

  it('is what its worker reports', async () => {
    const { fleet, service } = createService();
    const prediction = await service.submit(submission('a'));
    prediction.cancel();
    fleet.run.end({ status: 'canceled', predictMs: 3, cancel });
    expect([prediction.status, prediction.cancelReport]).toEqual(['canceled', cancel]);
    expect(service.cancelStages).toMatchObject({ interrupt: 1, signal: 0 });
  });

  it.each([
    ['succeeded', { status: 'succeeded', output: 'value', predictMs: 3 }],
    ['was canceled before it began', CANCELED],
  ] as const)('is the signal where its work %s: nothing else was needed', async (_how, outcome) => {
    const { fleet, clock, service } = createService();
    const prediction = await service.submit(submission('a'));
    prediction.cancel();
    clock.advance(7);
    prediction.cancel();
    fleet.run.end(outcome);
    expect([prediction.status, prediction.cancelReport]).toEqual(['canceled', { stage: 'signal', ms: 7 }]);
    expect(service.cancelStages.signal).toBe(1);
  });

  it('is nothing where it had no slot yet', async () => {
    const { service } = createService({ capacity: 1, queue: 1 });
    await service.submit(submission('a'));
    const waiting = await service.submit(submission('b'));
    waiting.cancel();
    expect([waiting.status, waiting.cancelReport]).toEqual(['canceled', null]);
  });

  it('is nothing where nobody canceled it', async () => {
    const { fleet, service } = createService();
    const prediction = await service.submit(submission('a'));
    fleet.run.succeed();
    expect([prediction.status, prediction.cancelReport]).toEqual(['succeeded', null]);
  });
});
