import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/base/json.ts';
import { Client, streamedPrediction, turns } from './harness.ts';

describe('a reader', () => {
  it('sees everything in order, with an id each, and then the end', async () => {
    const { run, first } = await streamedPrediction({ forReaders: true });
    const client = new Client(first());
    run.log('one\n');
    run.output('chunk', 'a', 0);
    await turns();
    run.metric('m', 1);
    run.output('chunk', { b: [1] }, 1);
    run.succeedAsList();
    await turns();
    expect(client.types).toEqual(['start', 'log', 'output', 'metric', 'output', 'completed']);
    expect(client.seen[4]?.data).toEqual({ chunk: { b: [1] }, index: 1 });
    expect(client.seen.at(-1)?.data).toMatchObject({
      id: 'p',
      status: 'succeeded',
      output: ['a', { b: [1] }],
      logs: 'one\n',
    });
    expect(new Set(client.seen.map(({ id }) => id)).size).toBe(6);
    expect(client.hasEnded).toBe(true);
    expect(client.text.match(/^retry: /gm)).toHaveLength(1);
  });

  it('gets its first bytes before there is an event, and what a turn brings in one piece', async () => {
    const { run, open } = await streamedPrediction();
    const reader = open();
    const pieces: string[] = [];
    reader.on('data', (piece: Buffer) => pieces.push(piece.toString()));
    await turns();
    expect(pieces).toHaveLength(2);
    expect(pieces[0]).toBe('retry: 1000\n\n');
    for (let i = 0; i < 100; i++) run.output('chunk', `token ${i}`, i);
    await turns();
    expect(pieces).toHaveLength(3);
    reader.destroy();
  });

  it('that comes late gets what there was, then what comes, with neither gap nor duplicate', async () => {
    const { run, open } = await streamedPrediction();
    for (let i = 0; i < 5; i++) run.output('chunk', i, i);
    await turns();
    const reader = open();
    // Between its opening and its first read.
    run.output('chunk', 5, 5);
    const client = new Client(reader);
    run.output('chunk', 6, 6);
    await turns();
    run.output('chunk', 7, 7);
    run.succeedAsList();
    await turns();
    const outputs = client.seen.filter(({ event }) => event === 'output');
    expect(outputs.map(({ data }) => data)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({ chunk: i, index: i })),
    );
    expect([client.types[0], client.types.at(-1)]).toEqual(['start', 'completed']);
  });

  it('of a prediction that has ended gets all that is kept, and its end', async () => {
    const { run, open } = await streamedPrediction();
    run.output('chunk', 'a');
    run.fail('ValueError', 'no');
    const client = new Client(open());
    await turns();
    expect(client.types).toEqual(['start', 'output', 'completed']);
    expect(client.seen.at(-1)?.data).toMatchObject({
      status: 'failed',
      error: 'ValueError: no',
      output: ['a'],
    });
    expect(client.hasEnded).toBe(true);
  });

  it('gets completed also where a cancel ended it', async () => {
    const { run, prediction, open } = await streamedPrediction();
    const client = new Client(open());
    prediction.cancel();
    run.cancel();
    await turns();
    expect(client.seen.at(-1)).toMatchObject({ event: 'completed', data: { status: 'canceled' } });
  });

  it('gets an error event in place of one that cannot be encoded, and what follows it', async () => {
    const { run, open } = await streamedPrediction();
    const client = new Client(open());
    // In place of a text longer than V8 can hold.
    const tooLarge = {
      toJSON() {
        throw new RangeError('Invalid string length');
      },
    };
    run.output('chunk', 'a', 0);
    run.output('chunk', tooLarge as unknown as Json, 1);
    run.log('still here\n');
    run.succeedAsList();
    await turns();
    expect(client.types).toEqual(['start', 'output', 'error', 'log', 'error', 'completed']);
    expect(client.seen[2]).toMatchObject({ id: expect.any(String), data: { code: 'PAWL_OUTPUT_INVALID' } });
    expect(client.seen.at(-1)?.data).toMatchObject({ id: 'p', status: 'succeeded' });
    expect(client.hasEnded).toBe(true);
  });

  it('gets a comment when nothing happens, 15 s after the last event', async () => {
    const { clock, run, open } = await streamedPrediction();
    const client = new Client(open());
    await turns();
    clock.advance(10_000);
    run.output('chunk', 'a');
    await turns();
    clock.advance(14_999);
    await turns();
    expect(client.text).not.toContain('keep-alive');
    clock.advance(1);
    await turns();
    expect(client.text.endsWith('\n\n: keep-alive\n\n')).toBe(true);
    clock.advance(30_000);
    await turns();
    expect(client.text.match(/: keep-alive\n\n/g)).toHaveLength(3);
    expect(client.seen).toHaveLength(2);
    client.leave();
    await turns();
    expect(clock.pending).toBe(0);
  });
});

describe('Last-Event-ID', () => {
  it('goes on behind the event that it names', async () => {
    const { run, open } = await streamedPrediction();
    const before = new Client(open());
    for (let i = 0; i < 3; i++) run.output('chunk', i, i);
    await turns();
    before.leave();
    run.output('chunk', 3, 3);
    const after = new Client(open(before.lastId));
    run.output('chunk', 4, 4);
    run.succeedAsList();
    await turns();
    expect(after.seen.map(({ event, data }) => [event, event === 'output' ? data : null])).toEqual([
      ['output', { chunk: 3, index: 3 }],
      ['output', { chunk: 4, index: 4 }],
      ['completed', null],
    ]);
  });

  it('of the last event of all leaves nothing to send', async () => {
    const { run, open, streams, prediction } = await streamedPrediction();
    const client = new Client(open());
    run.succeed(1);
    await turns();
    expect(streams.open(prediction, client.lastId)).toBeNull();
  });

  it('waits for what comes where it names the newest event', async () => {
    const { run, open } = await streamedPrediction();
    const before = new Client(open());
    await turns();
    const after = new Client(open(before.lastId));
    await turns();
    expect(after.seen).toEqual([]);
    run.succeed(1);
    await turns();
    expect(after.types).toEqual(['output', 'completed']);
  });

  it.each([
    ['malformed', () => 'no such id'],
    ['another prediction’s', () => '0123456789-0'],
    ['in the future', (id: string) => id.replace(/\d+$/, '99')],
  ])('that is %s counts as none', async (_what, spoil) => {
    const { run, open } = await streamedPrediction();
    const before = new Client(open());
    await turns();
    run.output('chunk', 'a');
    const after = new Client(open(spoil(before.lastId ?? '')));
    await turns();
    expect(after.types).toEqual(['start', 'output']);
  });

  it('behind what is kept is answered with a gap, and then with what is kept', async () => {
    const { run, open } = await streamedPrediction({ events: 3 });
    const before = new Client(open());
    await turns();
    before.leave();
    for (let i = 0; i < 10; i++) run.output('chunk', i, i);
    const after = new Client(open(before.lastId));
    await turns();
    expect(after.seen[0]).toEqual({ id: undefined, event: 'gap', data: { skipped: 7 } });
    expect(after.seen.slice(1).map(({ data }) => data)).toEqual(
      [7, 8, 9].map((i) => ({ chunk: i, index: i })),
    );
  });
});

describe('history', () => {
  it('is bounded in events: the gap counts every kind', async () => {
    const { run, open } = await streamedPrediction({ events: 2 });
    run.log('one\n');
    run.metric('m', 1);
    run.output('chunk', 'a', 0);
    run.output('chunk', 'b', 1);
    const client = new Client(open());
    run.succeedAsList();
    await turns();
    expect(client.types).toEqual(['gap', 'output', 'output', 'completed']);
    expect(client.seen[0]?.data).toEqual({ skipped: 3 });
  });

  it('is bounded in bytes, which outputs do not use up: the prediction holds them anyway', async () => {
    const { run, open, prediction } = await streamedPrediction({ bytes: 4_000 });
    for (let i = 0; i < 10; i++) run.log(`${'x'.repeat(1_000)}\n`);
    const { journal } = prediction;
    expect(journal?.bytes).toBeLessThanOrEqual(4_000);
    // What is kept of finished predictions is bounded by this.
    expect(prediction.bytes).toBeGreaterThan(prediction.logs.bytes + (journal?.bytes ?? 0));
    const late = new Client(open());
    await turns();
    expect(late.types).toEqual(['gap', 'log', 'log', 'log']);
    for (let i = 0; i < 10; i++) run.output('chunk', 'y'.repeat(5_000), i);
    const later = new Client(open());
    await turns();
    expect(later.types.filter((type) => type === 'output')).toHaveLength(10);
  });

  it('of 0 shows a reader only what comes, and its own creator everything', async () => {
    const { run, open, first } = await streamedPrediction({ events: 0, forReaders: true });
    const creator = new Client(first());
    run.log('one\n');
    run.output('chunk', 'a', 0);
    await turns();
    const late = new Client(open());
    run.output('chunk', 'b', 1);
    run.succeedAsList();
    await turns();
    expect(creator.types).toEqual(['start', 'log', 'output', 'output', 'completed']);
    expect(late.types).toEqual(['gap', 'output', 'completed']);
    expect(late.seen[0]?.data).toEqual({ skipped: 3 });
    const last = new Client(open());
    await turns();
    expect(last.types).toEqual(['gap', 'completed']);
  });
});
