import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/base/json.ts';
import { composeJson } from '../../../../src/server/payload/compose.ts';
import { predictionObject, timestamp } from '../../../../src/server/prediction/prediction-object.ts';
import { scriptedService, submission } from '../../../helpers/service.ts';

const millis = fc.double({ min: 0, max: 1e9, noNaN: true });
const story = fc.record({
  input: fc.dictionary(fc.string(), fc.jsonValue()),
  logs: fc.array(fc.string({ unit: 'binary' }), { maxLength: 2 }),
  metrics: fc.array(fc.string({ minLength: 1 }), { maxLength: 1 }),
  usage: fc.option(
    fc.record({
      setupMs: millis,
      cpuMs: fc.option(millis),
      memoryPeakBytes: fc.option(fc.nat()),
      subprocessCpuMs: fc.option(millis),
      subprocessMemoryPeakBytes: fc.option(fc.nat()),
    }),
  ),
  chunks: fc.array(fc.jsonValue(), { maxLength: 2 }),
  predictMs: millis,
  end: fc.constantFrom('value', 'list', 'failed', 'canceled', 'none'),
});

describe('the answer of a prediction', () => {
  it('is what JSON.stringify makes of its object, however the prediction went', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ input, logs, metrics, usage, chunks, predictMs, end }) => {
        const { fleet, service } = scriptedService();
        fleet.becomeReady();
        const prediction = await service.submit(submission('a', { input: input as Json }));
        const { run } = fleet;
        for (const text of logs) run.log(text);
        for (const name of metrics) run.metric(name, 1);
        for (const [index, chunk] of chunks.entries()) run.output('chunk', chunk as Json, index);
        if (usage !== null) run.observer.onUsage(usage);
        if (end === 'value') run.succeed(input as Json, predictMs);
        else if (end === 'list') run.succeedAsList(predictMs);
        else if (end === 'failed') run.fail('Error', 'no "more"');
        else if (end === 'canceled') run.cancel();
        for (const detail of ['create', 'full'] as const) {
          const object = predictionObject(prediction, detail);
          expect(composeJson(object)).toBe(JSON.stringify(object));
        }
      }),
    );
  });
});

describe('timestamp', () => {
  it('is the ISO 8601 text of each time, whichever came before it', () => {
    const epochMs = fc.oneof(
      fc.integer({ min: 0, max: 4e12 }),
      fc.double({ min: 0, max: 4e12, noNaN: true }),
    );
    const near = fc.tuple(epochMs, fc.array(fc.integer({ min: 0, max: 2_500 })));
    fc.assert(
      fc.property(near, ([first, later]) => {
        for (const ms of [first, ...later.map((more) => first + more)])
          expect(timestamp(ms)).toBe(new Date(ms).toISOString());
      }),
    );
  });
});
