import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import type { PredictionEvent } from '../../../../src/server/prediction/events.ts';
import { PredictionService, type Submission } from '../../../../src/server/prediction/service.ts';
import { documentWith } from '../../../helpers/fake-server.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { inlineDelivery, NO_FILES } from '../../../helpers/no-files.ts';
import { ScriptedFleet } from '../../../helpers/scripted-fleet.ts';

function createService(options: { retention?: number; capacity?: number; queue?: number } = {}) {
  const fleet = new ScriptedFleet(options.capacity ?? 100);
  const clock = new ManualClock();
  const service = new PredictionService({
    fleet,
    clock,
    log: silentLogger,
    delivery: inlineDelivery(),
    files: NO_FILES,
    mode: 'predict',
    retention: options.retention ?? 1_000,
    queue: options.queue ?? 0,
    cancelKillMs: 10_000,
    predictTimeoutMs: null,
    streamHistory: { events: 10, bytes: 1_000 },
  });
  fleet.becomeReady();
  return { fleet, clock, service };
}

function submission(id: string, more: Partial<Submission> = {}): Submission {
  return {
    id: asPredictionId(id),
    mode: 'predict',
    input: {},
    context: {},
    trace: {},
    observers: [],
    cancelAfterMs: null,
    ...more,
  };
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
