import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/base/json.ts';
import { COG_DIALECT, retryHint } from '../../../../src/server/stream/sse-format.ts';
import { streamedPrediction } from './harness.ts';

const { event: encodeEvent, failure: encodeFailure, gap: gapEvent, bytes: wireBytes } = COG_DIALECT;

const NASTY = 'a\nb\r\nc\rd\u0000e\u0085f\u2028g\u2029h\ud800i\udc00\ufeff\u007fj\u001c\u000b';

/** What the public parser makes of it. */
function parsed(text: string) {
  const events: { id: string | undefined; event: string | undefined; data: string }[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => events.push({ id, event, data }),
    onError: (error) => {
      throw error;
    },
  });
  parser.feed(text);
  return events;
}

describe('an event', () => {
  it('has Cog’s names and fields', async () => {
    const { prediction, run } = await streamedPrediction();
    const encoded = (event: Parameters<typeof encodeEvent>[1]) => encodeEvent('x-1', event, prediction);
    const metric = {
      type: 'metric' as const,
      id: prediction.id,
      name: 'n',
      value: 2,
      mode: 'append' as const,
    };
    expect(encoded({ type: 'start' })).toBe(
      'id: x-1\nevent: start\ndata: {"id":"p","status":"processing"}\n\n',
    );
    expect(encoded({ type: 'output', index: 3, value: ['a'] })).toBe(
      'id: x-1\nevent: output\ndata: {"chunk":["a"],"index":3}\n\n',
    );
    expect(encoded({ type: 'log', stream: 'stderr', data: 'a\n' })).toBe(
      'id: x-1\nevent: log\ndata: {"source":"stderr","data":"a\\n"}\n\n',
    );
    expect(encoded({ type: 'metric', metric })).toBe(
      'id: x-1\nevent: metric\ndata: {"name":"n","value":2,"mode":"append"}\n\n',
    );
    run.output('chunk', 'x');
    run.fail('Error', 'no');
    const [completed] = parsed(encoded({ type: 'completed' }));
    expect(JSON.parse(completed?.data ?? '')).toMatchObject({
      id: 'p',
      status: 'failed',
      output: ['x'],
      error: 'Error: no',
    });
  });

  it('shows a text as JSON.stringify() does, whatever its characters are', async () => {
    const { prediction } = await streamedPrediction();
    for (let unit = 0; unit <= 0x2100; unit += 1) {
      const value = `a${String.fromCharCode(unit)}`;
      expect(encodeEvent('x-1', { type: 'output', index: 0, value }, prediction)).toBe(
        `id: x-1\nevent: output\ndata: {"chunk":${JSON.stringify(value)},"index":0}\n\n`,
      );
    }
  });

  it('is one line that every way of splitting lines leaves whole', async () => {
    const { prediction } = await streamedPrediction();
    const event = encodeEvent('x-0', { type: 'output', index: 0, value: NASTY }, prediction);
    const text = wireBytes(event).toString();
    // Those of Python's str.splitlines, which are the most.
    for (const other of '\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029') expect(text).not.toContain(other);
    expect(text.split('\n')).toHaveLength(5);
    expect(JSON.parse(parsed(text)[0]?.data ?? '').chunk).toBe(NASTY);
  });

  it('comes back from a parser as it was, whatever JSON it holds', async () => {
    const { prediction } = await streamedPrediction();
    const anyText = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    const anyJson = fc.oneof(fc.jsonValue({ maxDepth: 2 }), anyText);
    const run = fc.property(anyJson, fc.nat(), (value, index) => {
      const text = encodeEvent('x-7', { type: 'output', index, value: value as Json }, prediction);
      const [event] = parsed(wireBytes(text).toString());
      expect(event).toMatchObject({ id: 'x-7', event: 'output' });
      expect(JSON.parse(event?.data ?? '')).toEqual(JSON.parse(JSON.stringify({ chunk: value, index })));
    });
    fc.assert(run, { numRuns: 200 });
  });

  it('that cannot be encoded is an error event, and the end is told without what is too large', async () => {
    const { prediction, run } = await streamedPrediction();
    const [error] = parsed(encodeFailure('x-1', { type: 'output', index: 0, value: 'x' }, prediction));
    expect(error).toMatchObject({ id: 'x-1', event: 'error' });
    expect(JSON.parse(error?.data ?? '')).toEqual({
      error: expect.stringContaining('/predictions/p'),
      code: 'PAWL_OUTPUT_INVALID',
    });
    run.succeed('large');
    const events = parsed(encodeFailure('x-2', { type: 'completed' }, prediction));
    expect(events.map(({ id, event }) => [id, event])).toEqual([
      [undefined, 'error'],
      ['x-2', 'completed'],
    ]);
    const last = JSON.parse(events[1]?.data ?? '');
    expect(last).toMatchObject({ id: 'p', status: 'succeeded' });
    expect(last).not.toHaveProperty('output');
  });
});

describe('what is no event of the prediction', () => {
  it('is a gap without an id, or a hint that dispatches nothing', () => {
    expect(parsed(gapEvent(7))).toEqual([{ id: undefined, event: 'gap', data: '{"skipped":7}' }]);
    expect(parsed(retryHint(1_000))).toEqual([]);
    expect(retryHint(1_000)).toBe('retry: 1000\n\n');
  });
});
