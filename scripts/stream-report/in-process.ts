// What one event costs inside the server, from the prediction to the bytes for a connection: the real prediction,
// journal and readers, without sockets. Single events come in turns of the event loop, as a worker's do.
import { Writable } from 'node:stream';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { limit } from '../../src/limits.ts';
import { asPredictionId, asSlotIndex, asWorkerIndex } from '../../src/protocol/ids.ts';
import type { PredictionEvent } from '../../src/server/prediction/events.ts';
import { Prediction } from '../../src/server/prediction/prediction.ts';
import type { Permit } from '../../src/server/slot/permit.ts';
import { EventStreams } from '../../src/server/stream/event-streams.ts';
import { Journal } from '../../src/server/stream/journal.ts';
import { InlineDelivery } from '../../src/server/upload/inline-delivery.ts';

export interface Cost {
  readonly readers: number;
  readonly eventsPerSecond: number;
  /** Steadier than the clock where other work shares the machine. */
  readonly cpuMicrosPerEvent: number;
  /** The same for each tenth of the run: equal where an event costs the same however many there were. */
  readonly tenths: readonly number[];
  readonly bytes: number;
}

// About what a 64 KiB read from a worker's socket holds.
const EVENTS_PER_TURN = 500;

export async function costOf(events: number, readers: number): Promise<Cost> {
  const prediction = started();
  const streams = new EventStreams({ clock: systemClock, log: silentLogger, graceMs: 5_000 });
  let bytes = 0;
  const ends = Array.from({ length: readers }, () => {
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        done();
      },
    });
    const reader = streams.open(prediction, null);
    if (reader === null) throw new Error('the prediction has no event stream');
    reader.pipe(sink);
    return new Promise((resolve) => sink.once('finish', resolve));
  });
  const tenths: number[] = [];
  const id = prediction.id;
  const began = performance.now();
  const cpuBegan = cpuMicros();
  let tenthBegan = cpuBegan;
  for (let index = 0; index < events; index++) {
    const payload = { in: 'message' as const, value: `token${index % 1000} ` };
    prediction.onOutput({ type: 'output', id, kind: 'chunk', index, payload, files: [] });
    if (index % EVENTS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    if ((index + 1) % (events / 10) !== 0) continue;
    tenths.push((cpuMicros() - tenthBegan) / (events / 10));
    tenthBegan = cpuMicros();
  }
  prediction.onEnd({ status: 'succeeded', output: 'list', predictMs: 1 });
  await Promise.all(ends);
  const seconds = (performance.now() - began) / 1000;
  const cpuMicrosPerEvent = (cpuMicros() - cpuBegan) / events;
  return { readers, eventsPerSecond: events / seconds, cpuMicrosPerEvent, tenths, bytes };
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function started(): Prediction {
  const journal = new Journal<PredictionEvent>({
    events: limit('streamHistoryEvents'),
    bytes: limit('streamHistoryBytesMax'),
  });
  const nothing = () => {};
  const prediction = new Prediction(
    {
      id: asPredictionId('measured'),
      mode: 'predict',
      input: { value: {}, shown: {}, warnings: [], bytes: 0 },
      context: {},
      observers: [],
      cancelAfterMs: null,
      journal,
    },
    {
      clock: systemClock,
      log: silentLogger,
      delivery: new InlineDelivery(silentLogger),
      predictTimeoutMs: null,
      onSlotLeft: nothing,
      onCompleted: nothing,
    },
  );
  const permit: Permit = {
    worker: asWorkerIndex(0),
    slot: asSlotIndex(0),
    run: nothing,
    cancel: nothing,
    release: nothing,
  };
  prediction.start(permit);
  return prediction;
}
