import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limit } from '../../../../src/limits.ts';
import { Client, streamedPrediction, turns } from './harness.ts';

describe('readers together', () => {
  it('share what is encoded', async () => {
    const { run, open } = await streamedPrediction();
    const pieces = await Promise.all(
      [open(), open()].map(async (reader) => {
        const got: Buffer[] = [];
        reader.on('data', (piece: Buffer) => got.push(piece));
        await turns();
        return got;
      }),
    );
    run.output('chunk', 'a');
    await turns();
    const [one, other] = pieces.map((got) => got.at(-1));
    expect(one?.toString()).toContain('"chunk":"a"');
    expect(other).toBe(one);
  });

  it('do not wait for one that reads nothing, which costs one piece and then gets a gap and the rest', async () => {
    const { run, open, prediction } = await streamedPrediction({ events: 10, bytes: 10_000 });
    const stuck = open();
    const quick = new Client(open());
    for (let i = 0; i < 1_000; i++) {
      run.output('chunk', i, i);
      if (i % 10 === 0) await turns(1);
    }
    await turns();
    expect(quick.types).not.toContain('gap');
    expect(quick.seen).toHaveLength(1_001);
    expect(stuck.readableLength).toBe('retry: 1000\n\n'.length);
    expect(prediction.journal?.bytes).toBeLessThanOrEqual(10_000);
    run.succeedAsList();
    const slow = new Client(stuck);
    await turns(20);
    expect(slow.types[0]).toBe('gap');
    expect(slow.types.at(-1)).toBe('completed');
    expect(slow.seen[0]?.data).toEqual({ skipped: 1_002 - (slow.seen.length - 1) });
  });

  it('leave at any time, and the prediction goes on without them', async () => {
    const { run, open, prediction, clock } = await streamedPrediction();
    const clients = [1, 2, 3].map(() => new Client(open()));
    run.output('chunk', 'a');
    clients[0]?.leave();
    await turns();
    clients[1]?.leave();
    clients[2]?.leave();
    clock.advance(60_000);
    run.succeed(1);
    expect(prediction.status).toBe('succeeded');
    expect(clock.pending).toBe(0);
  });

  it('are as many as one prediction may have, and a further one comes in when one has left', async () => {
    const { open, streams, prediction } = await streamedPrediction();
    const readers = Array.from({ length: limit('streamReadersMax') }, () => open());
    expect(() => streams.open(prediction, null)).toThrow('Too many stream subscribers');
    readers[0]?.destroy();
    await turns();
    expect(streams.open(prediction, null)).not.toBeNull();
  });

  it('see the same, wherever they come in and however they read: each event once or counted as skipped', async () => {
    const command = fc.oneof(
      { weight: 5, arbitrary: fc.record({ emit: fc.integer({ min: 1, max: 30 }) }) },
      { weight: 2, arbitrary: fc.record({ open: fc.boolean() }) },
      { weight: 3, arbitrary: fc.record({ take: fc.nat(5), count: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 1, arbitrary: fc.constant({ turn: true }) },
    );
    const run = fc.asyncProperty(
      fc.nat(20),
      fc.array(command, { maxLength: 40 }),
      async (events, commands) => {
        const { run, open } = await streamedPrediction({ events, bytes: 2_000 });
        const quick: Client[] = [];
        const slow: { reader: ReturnType<typeof open>; pieces: string[] }[] = [];
        let emitted = 0;
        for (const next of commands) {
          if ('emit' in next) for (let i = 0; i < next.emit; i++) run.output('chunk', emitted, emitted++);
          else if ('open' in next && next.open) quick.push(new Client(open()));
          else if ('open' in next) slow.push({ reader: open(), pieces: [] });
          else if ('take' in next) {
            const reading = slow[next.take];
            for (let i = 0; i < next.count; i++) {
              const piece: Buffer | null = reading?.reader.read() ?? null;
              if (piece !== null) reading?.pieces.push(piece.toString());
            }
          } else await turns(1);
        }
        run.succeedAsList();
        for (const { reader, pieces } of slow) {
          reader.setEncoding('utf8');
          for await (const piece of reader) pieces.push(piece);
        }
        await turns();
        const texts = [...quick.map(({ text }) => text), ...slow.map(({ pieces }) => pieces.join(''))];
        for (const text of texts) {
          let expected = 0;
          for (const [, id, skipped] of text.matchAll(/^id: \w+-(\d+)$|"skipped":(\d+)/gm)) {
            if (skipped !== undefined) expected += Number(skipped);
            else expect(Number(id)).toBe(expected++);
          }
          expect(expected).toBe(emitted + 2);
        }
      },
    );
    await fc.assert(run, { numRuns: 60 });
  });
});

describe('a prediction that was created for its readers', () => {
  it('is canceled when nobody has read it for the grace period', async () => {
    const { clock, run, first } = await streamedPrediction({ forReaders: true });
    const client = new Client(first());
    await turns();
    client.leave();
    await turns();
    clock.advance(4_999);
    expect(run.isCanceled).toBe(false);
    clock.advance(1);
    expect(run.isCanceled).toBe(true);
  });

  it('goes on when a reader comes back in time, from any request', async () => {
    const { clock, run, first, open } = await streamedPrediction({ forReaders: true });
    const before = new Client(first());
    await turns();
    before.leave();
    await turns();
    clock.advance(4_999);
    const after = new Client(open(before.lastId));
    await turns();
    clock.advance(60_000);
    expect(run.isCanceled).toBe(false);
    run.succeed(1);
    await turns();
    expect(after.types).toEqual(['output', 'completed']);
    expect(clock.pending).toBe(0);
  });

  it('has no clock running once it has ended', async () => {
    const { clock, run, first } = await streamedPrediction({ forReaders: true });
    new Client(first()).leave();
    await turns();
    expect(clock.pending).toBe(1);
    run.succeed(1);
    expect(clock.pending).toBe(0);
  });

  it('is not canceled by the end of its stream', async () => {
    const { clock, run, first, prediction } = await streamedPrediction({ forReaders: true, graceMs: 0 });
    const client = new Client(first());
    run.succeed(1);
    await turns();
    clock.advance(1);
    expect(client.hasEnded).toBe(true);
    expect(prediction.status).toBe('succeeded');
    expect(run.isCanceled).toBe(false);
  });
});
